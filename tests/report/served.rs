//! The report over the floor's HTTP: for leaders, in their language, of their queues.

use super::house::{House, browse, get};

#[tokio::test(flavor = "multi_thread")]
async fn leaders_read_it_and_nobody_else() {
    let mut house = House::open().await;
    house.reading(12).await;
    house.pass("6m").await;
    let path = "/report?month=2026-11";
    let told = async |who: &str, path: &str| get(house.address, path, Some(house.token(who))).await;
    let report = told("Zhao", &format!("{path}&language=zh-Hant")).await;
    assert_eq!(report.status, 200, "{}", report.body);
    assert!(report.body.contains("<html lang=\"zh-Hant\">") && report.body.contains("2026年11月1日"));
    for who in ["Li", "wall"] {
        let refused = told(who, path).await;
        assert_eq!(refused.status, 403, "{who}: {}", refused.body);
        assert!(refused.body.contains("shift leaders and managers"), "{}", refused.body);
    }
    let locked = get(house.address, path, None).await;
    assert_eq!(locked.status, 401);
    assert!(locked.body.contains("\"code\":\"not_let_in\""), "{}", locked.body);
    // A browser brings no token, and its reader no eyes for JSON.
    for (path, language, says) in [
        ("/report", "de,en;q=0.7", "Sign in on the console"),
        ("/report?month=2026-11", "zh-TW,zh;q=0.9", "請先登入"),
        ("/paper", "zh-CN", "请先登录"),
    ] {
        let told = browse(house.address, path, language).await;
        assert_eq!(told.status, 401, "{path}");
        assert!(
            told.body.starts_with("<!doctype html>") && told.body.contains(says),
            "{}",
            told.body
        );
        assert!(told.body.contains("href=\"./\""), "{}", told.body);
    }
    assert!(
        browse(house.address, "/api/v1/queues", "en")
            .await
            .body
            .starts_with('{'),
        "what programs read stays theirs"
    );
    // Who says nothing of days has those that the log knows of: it began in this month.
    let usual = told("Zhao", "/report").await;
    let today = told("Zhao", "/report?from=2026-11-02&to=2026-11-02").await;
    let title = |page: &str| {
        page.split_once("<h1>")
            .unwrap()
            .1
            .split_once("</h1>")
            .unwrap()
            .0
            .to_owned()
    };
    assert_eq!(title(&usual.body), title(&today.body));
    for (wrong, says) in [
        ("month=soon", "2026-10"),
        ("from=2026-11-01", "both"),
        ("month=2026-11&language=nl", "zh-Hant"),
        ("month=2026-11&colour=red", "colour"),
    ] {
        let refused = told("Ma", &format!("/report?{wrong}")).await;
        assert!([400, 422].contains(&refused.status), "{wrong}: {}", refused.body);
        assert!(refused.body.contains(says), "{wrong}: {}", refused.body);
    }
}
