//! What reads what others wrote, each as a function of bytes that must neither panic nor run on.

mod targets;

pub use targets::*;
