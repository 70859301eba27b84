//! What stands for a key that a file leaves out, said once: files are read by it, and `schema` and the operator's guide show it.

use crate::core::Millis;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const HOUR: Millis = Millis::from_mins(60);
const HALF_AN_HOUR: Millis = Millis::from_mins(30);

// ---- feeds

pub const STALE_AFTER: Millis = Millis::from_secs(15);
pub const FORGET_AFTER: Millis = Millis::from_mins(2);
pub const GONE_AFTER: Millis = Millis::from_mins(1);
pub const PAUSED: &str = "signed_in";

// ---- the floor, the duty log, the chain of command

pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8470);
pub const JOURNAL_PATH: &str = "surged.db";
pub const KEEP_READINGS: Millis = Millis(62 * 86_400_000);
pub const LATE_MARGIN: Millis = Millis::from_mins(1);

// ---- pools, queues, the roster

pub const KEEP: u32 = 0;
pub const REST_BETWEEN: Millis = Millis::ZERO;
pub const PRIORITY: i32 = 0;
pub const MODE: &str = "live";
pub const AVERAGE_WEEKS: u32 = 4;

// ---- ladders

pub const SETTLE_WITHIN: Millis = Millis::from_mins(3);
pub const STAND_DOWN_AFTER: Millis = Millis::from_mins(1);
pub const ASK_MAX_ABOVE: u32 = 10;
pub const ASK_AGAIN_AFTER: Millis = Millis::from_mins(2);
pub const ASK_AGAIN_AFTER_NO: Millis = HALF_AN_HOUR;
pub const LATE_WITHIN: Millis = HALF_AN_HOUR;
pub const HOLD_FOR: Millis = HALF_AN_HOUR;
pub const ACTION: &str = "sign_in";
pub const WORTH_IT_BEYOND: Millis = HOUR;
pub const ENDS_WITHIN: Millis = HOUR;
pub const EXTEND_BY: Millis = Millis::from_mins(120);
pub const JUDGE: &str = "every";
pub const MIN_STAY: Millis = Millis::ZERO;
pub const STEP: &str = "move";

// ---- webhooks

pub const BODY: &str = "message";
pub const LANGUAGE: &str = "en";
pub const TIMEOUT: Millis = Millis::from_secs(10);
pub const RETRIES: u32 = 20;
pub const GIVE_UP_AFTER: Millis = HOUR;
pub const PUSH_GIVE_UP_AFTER: Millis = Millis::from_mins(10);
