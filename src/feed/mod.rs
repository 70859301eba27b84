//! One adapter for each kind of phone system.
