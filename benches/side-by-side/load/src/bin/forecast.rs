//! Calls an hour of the days to come, as the report forecasts them: every series of a file, for as many hours.

#![allow(missing_docs)]

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;
use std::path::PathBuf;
use surged::report::forecast;

#[derive(Deserialize)]
struct Asked {
    /// A JSON list of series, each a list of calls an hour of whole days.
    series: PathBuf,
    /// Hours to forecast.
    ahead: usize,
}

fn main() -> Result<()> {
    let asked: Asked = side_by_side::asked()?;
    let series: Vec<Vec<f64>> = serde_json::from_slice(&std::fs::read(&asked.series)?)?;
    let told = series.iter().map(|calls| {
        let known: Vec<Option<f64>> = calls.iter().copied().map(Some).collect();
        let days = (calls.len() + asked.ahead) / 24;
        let both = forecast(&known, &vec![false; days], asked.ahead).context("a series of less than two weeks")?;
        both.mstl_ets.context("MSTL and ETS make nothing of a series")
    });
    let told = told.collect::<Result<Vec<_>>>()?;
    side_by_side::found(&json!({ "told": told }))
}
