//! Who is let in by which door: Origin, Host, subprotocol, tokens, TLS.

use crate::stage::{Client, Props, Stage, get, http, soon};
use serde_json::json;
use std::sync::Arc;
use surged::floor::{FloorSettings, Limits, TlsFiles};
use surged::wire::Role;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// Connects with one header changed; the status where it is refused.
async fn try_with(stage: &Stage, header: &'static str, value: Option<&str>) -> Result<Client, u16> {
    let mut request = stage.request();
    request.headers_mut().remove(header);
    if let Some(value) = value {
        request
            .headers_mut()
            .insert(header, HeaderValue::from_str(value).unwrap());
    }
    match stage.connect_as(request).await {
        Ok(client) => Ok(client),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(fault) => panic!("{fault}"),
    }
}

#[tokio::test]
async fn a_foreign_page_is_kept_out_and_our_own_is_let_in() {
    let settings = FloorSettings {
        origins: vec!["https://wall.example".into()],
        ..FloorSettings::default()
    };
    let (stage, _) = Stage::with(Props {
        settings,
        ..Props::default()
    })
    .await;
    let own = format!("http://{}", stage.address);
    for origin in [None, Some(own.as_str()), Some("https://wall.example")] {
        assert!(try_with(&stage, "origin", origin).await.is_ok(), "{origin:?}");
    }
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1"] {
        assert_eq!(
            try_with(&stage, "origin", Some(origin)).await.err(),
            Some(403),
            "{origin}"
        );
    }
    assert_eq!(try_with(&stage, "host", Some("evil.example")).await.err(), Some(421));
}

#[tokio::test]
async fn the_subprotocol_is_ours_or_none() {
    let stage = Stage::start().await;
    let name = "sec-websocket-protocol";
    assert!(try_with(&stage, name, Some("other, surged.v1")).await.is_ok());
    assert_eq!(try_with(&stage, name, Some("surged.v2")).await.err(), Some(400));
    let mut without = try_with(&stage, name, None).await.unwrap();
    without.say(json!({ "type": "hello" })).await;
    assert_eq!(without.message().await["type"], "welcome");
    assert_eq!(get(stage.address, "/floor").await.status, 400);
}

#[tokio::test]
async fn wrong_tokens_are_refused_then_slowed_and_right_ones_still_let_in() {
    let props = Props {
        tokens: vec![Role::Viewer],
        ..Props::default()
    };
    let (stage, tokens) = Stage::with(props).await;
    for hello in [json!({ "type": "hello" }), json!({ "type": "hello", "token": "" })] {
        let mut client = stage.connect().await;
        client.say(hello).await;
        let (code, words) = client.closed().await;
        assert_eq!(code, 4401);
        assert!(words.contains("a token is needed"), "{words}");
    }
    let mut codes = Vec::new();
    for _ in 0..6 {
        let mut client = stage.connect().await;
        client.say(json!({ "type": "hello", "token": "surged_wrong" })).await;
        codes.push(client.closed().await.0);
    }
    assert_eq!(codes, [4401, 4401, 4401, 4401, 4401, 4429]);
    let wrong = http(
        stage.address,
        "GET /api/v1/queues HTTP/1.1\r\nAuthorization: Bearer no\r\n\r\n",
    )
    .await;
    assert_eq!(wrong.status, 429);
    assert!(wrong.header("retry-after").is_some());
    stage.hello(json!({ "type": "hello", "token": tokens[0] })).await;
}

#[tokio::test]
async fn behind_a_proxy_nobody_is_local() {
    let settings = FloorSettings {
        behind_proxy: true,
        ..FloorSettings::default()
    };
    let (stage, _) = Stage::with(Props {
        settings,
        ..Props::default()
    })
    .await;
    let mut client = stage.connect().await;
    client.say(json!({ "type": "hello" })).await;
    let (code, words) = client.closed().await;
    assert_eq!(code, 4401);
    assert!(words.contains("surged token new"), "{words}");
}

#[tokio::test]
async fn sessions_are_limited_in_all_and_by_token() {
    let limits = Limits {
        sessions: 3,
        sessions_per_token: 2,
        ..Limits::default()
    };
    let tokens = vec![Role::Viewer, Role::Viewer];
    let (stage, tokens) = Stage::with(Props {
        limits,
        tokens,
        ..Props::default()
    })
    .await;
    let mut kept = Vec::new();
    let allowed = [
        (0, None),
        (0, None),
        (0, Some("your token")),
        (1, None),
        (1, Some("the floor")),
    ];
    for (n, refused) in allowed {
        let mut client = stage.connect().await;
        client.say(json!({ "type": "hello", "token": tokens[n] })).await;
        match refused {
            None => {
                assert_eq!(client.message().await["type"], "welcome");
                kept.push(client);
            }
            Some(words) => {
                let (code, said) = client.closed().await;
                assert_eq!(code, 4429);
                assert!(said.starts_with(words), "{said}");
            }
        }
    }
}

#[tokio::test]
async fn the_floor_speaks_tls_itself() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = TlsFiles {
        certificate: folder.path().join("cert.pem"),
        key: folder.path().join("key.pem"),
    };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let settings = FloorSettings {
        tls: Some(files),
        ..FloorSettings::default()
    };
    let (stage, _) = Stage::with(Props {
        settings,
        ..Props::default()
    })
    .await;

    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(stage.address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = soon(connector.connect("localhost".try_into().unwrap(), stream))
        .await
        .unwrap();
    let (mut socket, _) = soon(tokio_tungstenite::client_async(stage.request(), stream))
        .await
        .unwrap();
    let hello = tokio_tungstenite::tungstenite::Message::text(r#"{"type":"hello"}"#);
    futures_util::SinkExt::send(&mut socket, hello).await.unwrap();
    let welcome = soon(futures_util::StreamExt::next(&mut socket)).await.unwrap().unwrap();
    assert!(welcome.to_text().unwrap().contains("welcome"));
}
