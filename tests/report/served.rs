//! The report over the floor's HTTP: for leaders, in their language, of their queues.

use super::house::{House, get};

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
    assert_eq!(get(house.address, path, None).await.status, 401);
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
