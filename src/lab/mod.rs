//! Recorded and simulated days.
