//! Zones, shifts and holidays: which ladder is in force.
