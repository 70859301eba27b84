//! Spans, and their way to the collector.
//!
//! ```text
//!  sign_in  vip / experts        condition began ────────────────────────────── on every console
//!    held                        ├──────────────────┤
//!    commit                                         ├─────────────┤ durable
//!    tell                                                         ├────────────┤
//!    seen, done, passed_up, ...                                                ├───────┤ answered
//! ```
//!
//! A trace's number is made of the duty log's name and the instruction's: what is answered after a restart belongs to the same trace.
//! Nobody's name is in it: who answered is told by role.

use crate::core::{Action, Decision, InstructionId, Millis, Name, Time, What};
use crate::journal::{Entry, Record};
use opentelemetry::trace::{
    Span, SpanContext, SpanId, SpanKind, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, SdkTracer, SdkTracerProvider};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// Instructions of which it is remembered when the floor had them; the oldest is forgotten first.
const REMEMBERED_MAX: usize = 4_096;

/// Something of an entry that a trace shows.
pub struct Traced {
    instruction: InstructionId,
    at: Time,
    what: Shown,
}

enum Shown {
    /// The instruction itself, with for how long its condition had held.
    Given {
        held: Millis,
        action: Action,
        about: Vec<KeyValue>,
    },
    /// What became of it.
    Became { what: &'static str, about: Vec<KeyValue> },
}

/// The way to the collector.
pub struct Traces(Option<Collector>);

struct Collector {
    log: String,
    speed: u32,
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    given: Given,
    /// When the floor had them.
    told: BTreeMap<InstructionId, SystemTime>,
}

impl Traces {
    /// By the standard's variables; told of in the log. A collector that cannot be reached costs traces and nothing else.
    pub fn by_environment(log: &str, speed: u32) -> Traces {
        let endpoint = std::env::var("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
            .or_else(|_| std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT"))
            .ok()
            .filter(|endpoint| !endpoint.is_empty());
        let Some(endpoint) = endpoint else { return Traces(None) };
        // Built on a thread of its own: it brings a runtime that may not begin within ours.
        let exporter = std::thread::spawn(|| SpanExporter::builder().with_http().build()).join();
        let exporter = match exporter {
            Ok(Ok(exporter)) => exporter,
            Ok(Err(fault)) => {
                tracing::warn!(endpoint, %fault, "no traces: the collector cannot be used; look at OTEL_EXPORTER_OTLP_ENDPOINT");
                return Traces(None);
            }
            Err(_) => return Traces(None),
        };
        let given = Given::default();
        let resource = Resource::builder()
            .with_service_name("surged")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_id_generator(given.clone())
            .with_resource(resource)
            .with_batch_exporter(exporter)
            .build();
        tracing::info!(endpoint, "each instruction is traced");
        Traces(Some(Collector {
            log: log.to_owned(),
            speed,
            tracer: provider.tracer("surged"),
            provider,
            given,
            told: BTreeMap::new(),
        }))
    }

    /// What of an entry is traced.
    pub fn note(&self, entry: &Entry) -> Option<Traced> {
        self.0.as_ref()?;
        match &entry.record {
            Record::Decision(decision) => traced(decision),
            Record::Input(_) | Record::Fact(_) => None,
        }
    }

    /// Tells the collector of a page: `begun` when it was decided, `durable` when it was on the disk; it is on the consoles `now`.
    pub fn told(&mut self, page: Vec<Traced>, begun: Option<Instant>, durable: Instant, now: Time, unlogged: bool) {
        let Some(collector) = &mut self.0 else { return };
        let times = Times {
            begun: collector.ago(now, begun.unwrap_or(durable)),
            durable: collector.ago(now, durable),
            now: system_time(now),
            unlogged,
        };
        for traced in page {
            collector.tell(traced, &times);
        }
    }

    /// Sends what is left, as long as that takes a few seconds at most.
    pub async fn close(self) {
        if let Some(collector) = self.0 {
            // It waits for the exporter's thread.
            let _ =
                tokio::task::spawn_blocking(move || collector.provider.shutdown_with_timeout(Duration::from_secs(3)))
                    .await;
        }
    }
}

struct Times {
    begun: SystemTime,
    durable: SystemTime,
    now: SystemTime,
    unlogged: bool,
}

impl Collector {
    /// The daemon's time of an instant before `now`.
    fn ago(&self, now: Time, then: Instant) -> SystemTime {
        let passed = then.elapsed().saturating_mul(self.speed);
        system_time(now).checked_sub(passed).unwrap_or(SystemTime::UNIX_EPOCH)
    }

    fn tell(&mut self, traced: Traced, times: &Times) {
        let trace = Trace::of(&self.log, traced.instruction);
        match traced.what {
            Shown::Given { held, action, about } => {
                let due = system_time(traced.at);
                let began = system_time(traced.at - held);
                self.span(None, &trace, trace.root, action.as_str(), (began, times.now), about);
                let child = |name: &'static str, from, to, about| {
                    let span = trace.child(name, 0);
                    self.span(Some(trace.root), &trace, span, name, (from, to), about);
                };
                if held > Millis::ZERO {
                    child("held", began, due, Vec::new());
                }
                let unlogged = vec![KeyValue::new("surged.unlogged", times.unlogged)];
                child("commit", times.begun, times.durable, unlogged);
                child("tell", times.durable, times.now, Vec::new());
                self.told.insert(traced.instruction, times.now);
                if self.told.len() > REMEMBERED_MAX {
                    self.told.pop_first();
                }
            }
            Shown::Became { what, about } => {
                let at = system_time(traced.at);
                let from = self.told.get(&traced.instruction).copied().unwrap_or(at).min(at);
                let span = trace.child(what, traced.at.0);
                self.span(Some(trace.root), &trace, span, what, (from, times.now.max(at)), about);
            }
        }
    }

    fn span(
        &self,
        parent: Option<SpanId>,
        trace: &Trace,
        id: SpanId,
        name: &'static str,
        (from, to): (SystemTime, SystemTime),
        about: Vec<KeyValue>,
    ) {
        let mut around = Context::new();
        if let Some(parent) = parent {
            let known = SpanContext::new(trace.id, parent, TraceFlags::SAMPLED, false, TraceState::default());
            around = around.with_remote_span_context(known);
        }
        self.given.set(trace.id, id);
        let span = self.tracer.span_builder(name).with_kind(SpanKind::Internal);
        let span = span.with_start_time(from).with_attributes(about);
        self.tracer
            .build_with_context(span, &around)
            .end_with_timestamp(to.max(from));
    }
}

fn traced(decision: &Decision) -> Option<Traced> {
    let of = |instruction: InstructionId, what| {
        Some(Traced {
            instruction,
            at: decision.at,
            what,
        })
    };
    let became = |instruction: &InstructionId, what, about| of(*instruction, Shown::Became { what, about });
    match &decision.what {
        What::Instruct { instruction, .. } => {
            let mut about = vec![
                KeyValue::new("surged.instruction", count(instruction.id.0)),
                text("surged.queue", &instruction.queue),
                text("surged.tier", &instruction.tier),
                KeyValue::new("surged.reason", instruction.reason.code()),
                KeyValue::new("surged.seats", i64::from(instruction.seats.ask)),
                KeyValue::new("surged.shadow", instruction.shadow),
            ];
            about.extend(instruction.of.map(|of| KeyValue::new("surged.of", count(of.0))));
            let shown = Shown::Given {
                held: instruction.reason.held(),
                action: instruction.action,
                about,
            };
            of(instruction.id, shown)
        }
        What::Answered {
            instruction,
            by,
            answer,
        } => became(instruction, answer.status(), vec![text("surged.role", &by.role)]),
        What::PassedUp { instruction, role, .. } => became(instruction, "passed_up", vec![text("surged.role", role)]),
        What::Unanswered { instruction } => became(instruction, "unanswered", Vec::new()),
        What::NobodyListening { instruction } => became(instruction, "nobody_listening", Vec::new()),
        What::Settled { instruction, .. } => became(instruction, "settled", Vec::new()),
        What::Freed { instruction, .. } => became(instruction, "freed", Vec::new()),
        What::NotShown { instruction, .. } => became(instruction, "not_shown", Vec::new()),
        What::Gone { instruction, .. } => became(instruction, "gone", Vec::new()),
        What::TakenAsLeft { instruction, .. } => became(instruction, "taken_as_left", Vec::new()),
        What::TierSkipped { .. }
        | What::FeedLost { .. }
        | What::BlindLong { .. }
        | What::SurgeOver { .. }
        | What::ApprovalAsked { .. }
        | What::ApprovalLapsed { .. }
        | What::IncidentEnds { .. }
        | What::Counted { .. }
        | What::Resumed { .. }
        | What::FeedBack { .. }
        | What::Paused { .. }
        | What::Incident { .. }
        | What::IncidentOver { .. }
        | What::Approved { .. }
        | What::ApprovalRefused { .. }
        | What::OnlyMovesCounted {}
        | What::LadderChanged { .. } => None,
    }
}

fn text(key: &'static str, name: &Name) -> KeyValue {
    KeyValue::new(key, name.to_string())
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn system_time(at: Time) -> SystemTime {
    let since = Duration::from_millis(u64::try_from(at.0).unwrap_or(0));
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The numbers of an instruction's trace.
struct Trace {
    id: TraceId,
    root: SpanId,
}

impl Trace {
    fn of(log: &str, instruction: InstructionId) -> Trace {
        let sum: [u8; 32] = Sha256::digest(format!("{log}/{instruction}")).into();
        let (id, rest) = sum.split_at(16);
        Trace {
            id: TraceId::from_bytes(id.try_into().unwrap_or([1; 16])),
            root: SpanId::from_bytes(rest[..8].try_into().unwrap_or([1; 8])),
        }
    }

    fn child(&self, name: &str, at: i64) -> SpanId {
        let sum: [u8; 32] = Sha256::digest(format!("{}/{name}/{at}", self.root)).into();
        SpanId::from_bytes(sum[..8].try_into().unwrap_or([2; 8]))
    }
}

/// Hands out the numbers that the next span is to have.
#[derive(Clone, Debug)]
struct Given(Arc<Mutex<(TraceId, SpanId)>>);

impl Default for Given {
    fn default() -> Given {
        Given(Arc::new(Mutex::new((TraceId::INVALID, SpanId::INVALID))))
    }
}

impl Given {
    fn set(&self, trace: TraceId, span: SpanId) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (trace, span);
    }
}

impl IdGenerator for Given {
    fn new_trace_id(&self) -> TraceId {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn new_span_id(&self) -> SpanId {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}
