//! The duty log.
