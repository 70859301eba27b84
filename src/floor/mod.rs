//! What supervisors see and answer.
