//! What may be changed: a grid of values of the plan's keys. Its points are tried all, or where there are too many, from far to near.

use crate::lab::simulate::vary::{Sweep, with};
use toml::Value;

/// Keys with their values; a point of it is a place in each list.
#[derive(Clone, Debug)]
pub struct Space {
    /// Each key once.
    pub keys: Vec<Sweep>,
}

/// One value of each key, by its place.
pub type Point = Vec<usize>;

impl Space {
    /// A grid of these keys.
    ///
    /// # Errors
    /// A key that is there twice, or none.
    pub fn new(keys: Vec<Sweep>) -> Result<Space, String> {
        for (n, sweep) in keys.iter().enumerate() {
            if keys[..n].iter().any(|known| known.key == sweep.key) {
                return Err(format!("{} is varied twice; give all its values at once", sweep.key));
            }
        }
        if keys.is_empty() {
            return Err("nothing is varied; name a key and its values, such as --vary when.for=1m..10m".to_owned());
        }
        Ok(Space { keys })
    }

    /// How many points it has.
    pub fn len(&self) -> usize {
        self.keys
            .iter()
            .fold(1, |count, sweep| count.saturating_mul(sweep.values.len()))
    }

    /// Never: every key has a value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every point, in order.
    pub fn all(&self) -> Vec<Point> {
        let mut points = vec![Vec::new()];
        for sweep in &self.keys {
            let each = |point: Point| {
                (0..sweep.values.len()).map(move |place| {
                    let mut longer = point.clone();
                    longer.push(place);
                    longer
                })
            };
            points = points.into_iter().flat_map(each).collect();
        }
        points
    }

    /// About so many points, spread evenly: the additive recurrence of the plastic number's generalisation (Roberts), which leaves
    /// no corner of a grid out and repeats no chance.
    pub fn spread(&self, count: usize) -> Vec<Point> {
        let root = generalised_golden(self.keys.len());
        let mut points: Vec<Point> = Vec::new();
        for n in 0..count {
            let place = |(key, sweep): (usize, &Sweep)| {
                let step = 1.0 / libm::pow(root, (key + 1) as f64);
                let at = (0.5 + step * (n + 1) as f64).fract();
                ((at * sweep.values.len() as f64) as usize).min(sweep.values.len() - 1)
            };
            let point: Point = self.keys.iter().enumerate().map(place).collect();
            if !points.contains(&point) {
                points.push(point);
            }
        }
        points
    }

    /// The points that differ from one in one key, by so large a part of its values: one over `part`, but one place at least.
    pub fn neighbours(&self, point: &Point, part: usize) -> Vec<Point> {
        let mut found = Vec::new();
        for (key, sweep) in self.keys.iter().enumerate() {
            let step = (sweep.values.len() / part).max(1);
            let (low, high) = (point[key].checked_sub(step), Some(point[key] + step));
            for place in [low, high].into_iter().flatten() {
                if place < sweep.values.len() {
                    let mut other = point.clone();
                    other[key] = place;
                    found.push(other);
                }
            }
        }
        found
    }

    /// The longest list of values.
    pub fn longest(&self) -> usize {
        self.keys.iter().map(|sweep| sweep.values.len()).max().unwrap_or(1)
    }

    /// A point's keys and values.
    pub fn settings<'a>(&'a self, point: &'a Point) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let of = |(sweep, place): (&'a Sweep, &usize)| (sweep.key.as_str(), &sweep.values[*place]);
        self.keys.iter().zip(point).map(of)
    }

    /// In one line: `when.for = 3m, settle_within = 2m`.
    pub fn words(&self, point: &Point) -> String {
        let words = self
            .settings(point)
            .map(|(key, value)| format!("{key} = {}", plain(value)));
        words.collect::<Vec<_>>().join(", ")
    }

    /// The plan's text with a point's values.
    ///
    /// # Errors
    /// A key that the plan has nowhere.
    pub fn applied(&self, text: &str, point: &Point) -> Result<String, String> {
        self.settings(point)
            .try_fold(text.to_owned(), |text, (key, value)| with(&text, key, value))
    }
}

/// A value without the quotes of a text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other @ (Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Array(_)
        | Value::Table(_)) => other.to_string(),
    }
}

/// The root of x^(d+1) = x + 1.
fn generalised_golden(dimensions: usize) -> f64 {
    let power = 1.0 / (dimensions + 1) as f64;
    (0..64).fold(2.0, |x: f64, _| libm::pow(1.0 + x, power))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(keys: &[&str]) -> Space {
        Space::new(keys.iter().map(|key| key.parse().unwrap()).collect()).unwrap()
    }

    #[test]
    fn a_grid_has_every_point_once() {
        let space = space(&["when.for=1m..3m/1m", "when.judge=every,mean"]);
        assert_eq!(space.len(), 6);
        let points = space.all();
        assert_eq!(points.len(), 6);
        assert_eq!(space.words(&points[5]), "when.for = 3m, when.judge = mean");
        assert_eq!(space.neighbours(&vec![0, 0], 2), [vec![1, 0], vec![0, 1]]);
    }

    #[test]
    fn what_is_spread_reaches_the_ends_of_every_key() {
        let space = space(&["a=1..20/1", "b=1..20/1", "c=1..20/1"]);
        let points = space.spread(60);
        assert!(points.len() > 55);
        for key in 0..3 {
            let places: Vec<usize> = points.iter().map(|point| point[key]).collect();
            let seen: std::collections::BTreeSet<_> = places.iter().collect();
            assert!(seen.len() >= 18, "key {key}: {seen:?}");
        }
    }

    #[test]
    fn nothing_and_the_same_twice_are_refused() {
        assert!(Space::new(Vec::new()).unwrap_err().contains("--vary"));
        let twice = ["a=1..2", "a=3..4"].map(|key| key.parse().unwrap());
        assert!(Space::new(twice.to_vec()).unwrap_err().contains("twice"));
    }
}
