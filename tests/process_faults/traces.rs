//! One trace an instruction, as a collector on a real socket gets it.

use super::Bench;
use crate::house::{Process, Request, Supervisor, within};
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A collector: every span that it was sent.
struct Collector {
    url: String,
    spans: mpsc::UnboundedReceiver<Value>,
}

impl Collector {
    async fn open() -> Collector {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, spans) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, sender.clone()));
            }
        });
        Collector { url, spans }
    }

    /// The spans until one of this name has come.
    async fn until(&mut self, name: &str) -> Vec<Value> {
        let mut spans = Vec::new();
        within(name, async {
            while let Some(span) = self.spans.recv().await {
                let found = span["name"] == name;
                spans.push(span);
                if found {
                    break;
                }
            }
        })
        .await;
        spans
    }
}

/// Takes POSTs to /v1/traces, one after the other.
async fn answer(stream: TcpStream, spans: mpsc::UnboundedSender<Value>) {
    let mut stream = BufReader::new(stream);
    loop {
        let Some(request) = Request::next(&mut stream).await else {
            return;
        };
        assert_eq!(request.path(), "/v1/traces");
        let told: Value = serde_json::from_slice(&request.body).unwrap();
        let each = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
        for resource in each(&told, "resourceSpans") {
            for scope in each(&resource, "scopeSpans") {
                for span in each(&scope, "spans") {
                    let _ = spans.send(span);
                }
            }
        }
        let reply = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        stream.get_mut().write_all(reply.as_bytes()).await.unwrap();
    }
}

fn named<'a>(spans: &'a [Value], name: &str) -> &'a Value {
    spans
        .iter()
        .find(|span| span["name"] == name)
        .unwrap_or_else(|| panic!("no span {name} in {spans:#?}"))
}

fn nanos(span: &Value, key: &str) -> u64 {
    let told = &span[key];
    told.as_u64()
        .or_else(|| told.as_str().and_then(|it| it.parse().ok()))
        .unwrap_or_else(|| panic!("no {key} in {span}"))
}

async fn run(bench: &Bench, collector: &Collector) -> (Process, Supervisor) {
    let endpoint = format!("OTEL_EXPORTER_OTLP_ENDPOINT={}", collector.url);
    let program = [
        "env",
        &endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
        "OTEL_BSP_SCHEDULE_DELAY=100",
    ];
    let mut daemon = Process::run_under(&program, &bench.config());
    let li = Supervisor::come(daemon.floor().await, "Li", None, None).await;
    (daemon, li)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instruction_is_one_trace_from_the_reading_to_the_answer_also_over_a_restart() {
    let mut bench = Bench::new("1s", "60s").await;
    let mut collector = Collector::open().await;
    let (mut daemon, mut li) = run(&bench, &collector).await;
    bench.waits(9).await;
    let told = li.told("sign_in", "expert").await;
    li.ask(json!({ "type": "seen", "instruction": told["id"] })).await;
    let spans = collector.until("seen").await;

    let root = named(&spans, "sign_in");
    let trace = &root["traceId"];
    assert!(root["parentSpanId"].as_str().unwrap_or("").is_empty(), "{root}");
    let held = named(&spans, "held");
    for child in [
        held,
        named(&spans, "commit"),
        named(&spans, "tell"),
        named(&spans, "seen"),
    ] {
        assert_eq!((&child["traceId"], &child["parentSpanId"]), (trace, &root["spanId"]));
        assert!(
            nanos(child, "startTimeUnixNano") <= nanos(child, "endTimeUnixNano"),
            "{child}"
        );
    }
    let hold = nanos(held, "endTimeUnixNano") - nanos(held, "startTimeUnixNano");
    assert_eq!(hold, 1_000_000_000, "the plan's hold");
    assert_eq!(nanos(root, "startTimeUnixNano"), nanos(held, "startTimeUnixNano"));
    assert_eq!(
        nanos(root, "endTimeUnixNano"),
        nanos(named(&spans, "tell"), "endTimeUnixNano")
    );
    let text = json!(spans).to_string();
    assert!(text.contains("\"expert\"") && text.contains("waiting_above"), "{text}");
    assert!(
        !text.contains("\"Li\"") && !text.contains("no-Li") && !text.contains("E01"),
        "nobody's name is in a trace: {text}"
    );

    // What is answered after a restart is of the same trace.
    assert!(daemon.terminate().await.success());
    let (mut daemon, mut li) = run(&bench, &collector).await;
    li.done(&told).await;
    let spans = collector.until("done").await;
    assert_eq!(&named(&spans, "done")["traceId"], trace);
    assert!(daemon.terminate().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_holds_up_nobody() {
    let bench = Bench::new("1s", "60s").await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (_, spans) = mpsc::unbounded_channel();
    let collector = Collector {
        url: format!("http://{}", nobody.local_addr().unwrap()),
        spans,
    };
    drop(nobody);
    let (mut daemon, mut li) = run(&bench, &collector).await;
    bench.waiting(9);
    let told = li.told("sign_in", "expert").await;
    li.done(&told).await;
    assert!(daemon.terminate().await.success());
}
