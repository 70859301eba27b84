//! A map by name for whoever is told of the same names round after round, as feeds tell their queues: behind each name the one that came
//! behind it the last time is tried first, which costs one comparison and no hash.

use crate::core::Name;
use std::collections::HashMap;

/// Values by name.
#[derive(Clone, Debug)]
pub struct Rounds<T> {
    places: HashMap<Name, usize>,
    known: Vec<Known<T>>,
    /// The one that was asked for last.
    last: usize,
}

#[derive(Clone, Debug)]
struct Known<T> {
    name: Name,
    /// The place of the one that was asked for after it.
    next: usize,
    value: T,
}

impl<T> Default for Rounds<T> {
    fn default() -> Rounds<T> {
        Rounds {
            places: HashMap::new(),
            known: Vec::new(),
            last: 0,
        }
    }
}

impl<T> Rounds<T> {
    /// The value of a name, with the name as it is known here; `None`: it has none.
    pub fn get(&mut self, name: impl AsRef<[u8]>) -> Option<(&Name, &mut T)> {
        let place = self.place(name.as_ref())?;
        let Known { name, value, .. } = &mut self.known[place];
        Some((name, value))
    }

    /// The value of a name, which gets this one where it has none.
    pub fn get_or_insert(&mut self, name: &Name, value: impl FnOnce() -> T) -> &mut T {
        let place = self.place_or_insert(name, value);
        self.at(place)
    }

    /// The same by its place.
    pub fn place_or_insert(&mut self, name: &Name, value: impl FnOnce() -> T) -> usize {
        match self.place(name.as_str().as_bytes()) {
            Some(place) => place,
            None => self.insert(name.clone(), value()),
        }
    }

    /// The place of a name, which stays as long as it is known; `None`: it is not.
    pub fn find(&mut self, name: impl AsRef<[u8]>) -> Option<usize> {
        self.place(name.as_ref())
    }

    /// The value of the name at a place that was given for it.
    pub fn at(&mut self, place: usize) -> &mut T {
        &mut self.known[place].value
    }

    /// Adds a name that is not known yet; tells its place.
    fn insert(&mut self, name: Name, value: T) -> usize {
        let place = self.known.len();
        self.places.insert(name.clone(), place);
        let next = place;
        self.known.push(Known { name, next, value });
        self.come_to(place)
    }

    fn place(&mut self, name: &[u8]) -> Option<usize> {
        let next = self.known.get(self.last)?.next;
        if self
            .known
            .get(next)
            .is_some_and(|known| known.name.as_str().as_bytes() == name)
        {
            self.last = next;
            return Some(next);
        }
        let place = *self.places.get(std::str::from_utf8(name).ok()?)?;
        Some(self.come_to(place))
    }

    fn come_to(&mut self, place: usize) -> usize {
        if let Some(last) = self.known.get_mut(self.last) {
            last.next = place;
        }
        self.last = place;
        place
    }

    /// How many names are known.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        *self = Rounds::default();
    }

    /// All of them, in the order in which they came.
    pub fn into_values(self) -> impl Iterator<Item = (Name, T)> {
        self.known.into_iter().map(|known| (known.name, known.value))
    }
}

impl<T> FromIterator<(Name, T)> for Rounds<T> {
    /// Of a name that comes twice the last value counts.
    fn from_iter<I: IntoIterator<Item = (Name, T)>>(all: I) -> Rounds<T> {
        let mut rounds = Rounds::default();
        for (name, value) in all {
            match rounds.place(name.as_str().as_bytes()) {
                Some(place) => rounds.known[place].value = value,
                None => {
                    rounds.insert(name, value);
                }
            }
        }
        rounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// In whatever order they are asked for.
        #[test]
        fn finds_the_same_as_a_plain_map(asked in prop::collection::vec((0_u8..6, any::<bool>()), 0..60)) {
            let (mut rounds, mut plain) = (Rounds::default(), HashMap::new());
            for (step, (name, only_look)) in asked.into_iter().enumerate() {
                let name = Name::from(name.to_string());
                if only_look {
                    let found = rounds.get(name.as_str()).map(|(name, value)| (name.clone(), *value));
                    prop_assert_eq!(found, plain.get(&name).map(|value| (name.clone(), *value)));
                } else {
                    prop_assert_eq!(*rounds.get_or_insert(&name, || step), *plain.entry(name.clone()).or_insert(step));
                }
                prop_assert_eq!(rounds.count(), plain.len());
            }
            prop_assert_eq!(rounds.into_values().collect::<HashMap<_, _>>(), plain);
        }
    }
}
