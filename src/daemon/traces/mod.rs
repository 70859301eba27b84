//! One trace an instruction for an OpenTelemetry collector, from the reading that its condition began with to what the floor answered:
//! built with the feature `otel`, and told where `OTEL_EXPORTER_OTLP_ENDPOINT` is set (docs/traces.md). Without either nothing is done.

#[cfg(feature = "otel")]
mod collector;

#[cfg(feature = "otel")]
pub use collector::{Traced, Traces};
#[cfg(not(feature = "otel"))]
pub use none::{Traced, Traces};

#[cfg(not(feature = "otel"))]
mod none {
    use crate::core::Time;
    use crate::journal::Entry;
    use tokio::time::Instant;

    /// Nothing is ever traced.
    pub enum Traced {}

    /// Built without `otel`.
    pub struct Traces;

    impl Traces {
        pub fn by_environment(_log: &str, _speed: u32) -> Traces {
            if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
                tracing::warn!(
                    "OTEL_EXPORTER_OTLP_ENDPOINT is set, and this surged was built without traces; build it with --features otel"
                );
            }
            Traces
        }

        pub fn note(&self, _entry: &Entry) -> Option<Traced> {
            None
        }

        pub fn told(
            &mut self,
            _: Vec<Traced>,
            _begun: Option<Instant>,
            _durable: Instant,
            _now: Time,
            _unlogged: bool,
        ) {
        }

        pub async fn close(self) {}
    }
}
