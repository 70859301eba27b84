//! TOML to a plan.
