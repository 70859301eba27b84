//! The desk at which a shift is handed over: what step may be taken (`decide`, which changes nothing) and what it changes (`apply`,
//! which also brings the desk back from the duty log).
//!
//! ```text
//!  nothing ──begin──► drawn up ──sign──► half signed ──sign by another──► complete ──► nothing
//!                      │    ▲ begin anew      │        (nothing is open without a name)
//!                      └────┴──withdraw───────┘
//! ```

use super::LIMIT_SHIFT;
use crate::core::{Actor, Time};
use crate::journal::{Fact, Group, Handover, Item, JournalError, Look, Reader, Record, Side, Step};
use crate::wire::{HandoverAsk, Refused, RefusedBecause, Wanted};

/// Notes to one hand-over.
const LIMIT_NOTES: usize = 100;

/// Steps taken from the log at a time.
const PAGE: usize = 1_000;

/// The hand-over that is under way, and the one before.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Desk {
    /// Drawn up and not complete.
    pub draft: Option<Draft>,
    /// The last that was completed.
    pub last: Option<Closed>,
    /// The number of the last one, whatever became of it.
    id: u64,
}

/// A hand-over that is not complete.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    /// Its number.
    pub id: u64,
    /// Who drew it up, and when.
    pub begun: Signature,
    /// The shift's beginning.
    pub from: Time,
    /// Its end.
    pub to: Time,
    /// The last entry that is summed up.
    pub upto: u64,
    /// Of the summary.
    pub digest: String,
    /// What was open, and what became of it.
    pub items: Vec<(Item, Standing)>,
    /// What was said.
    pub notes: Vec<Note>,
    /// Whose shift ends.
    pub leaving: Option<Signature>,
    /// Whose shift begins.
    pub coming: Option<Signature>,
}

/// What became of a matter.
#[derive(Clone, PartialEq, Debug)]
pub enum Standing {
    /// Nothing yet.
    Open,
    /// Somebody said that it needs nobody any more, and how.
    Settled(Signature, String),
    /// Somebody answers for it.
    TakenOver(Signature),
}

/// A person and a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Signature {
    /// Who.
    pub by: Actor,
    /// No token proves who that is.
    pub unproven: bool,
    /// When.
    pub at: Time,
}

/// What somebody said.
#[derive(Clone, PartialEq, Debug)]
pub struct Note {
    /// Who, and when.
    pub said: Signature,
    /// In words.
    pub note: String,
}

/// A complete hand-over.
#[derive(Clone, PartialEq, Debug)]
pub struct Closed {
    /// Its number.
    pub id: u64,
    /// The shift's end: the next one begins here.
    pub to: Time,
    /// When it was complete.
    pub at: Time,
    /// Who left.
    pub leaving: Signature,
    /// Who came.
    pub coming: Signature,
}

impl Desk {
    /// The desk as the duty log left it. Blocks.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn recall(reader: &Reader) -> Result<Desk, JournalError> {
        let mut look = Look {
            newest: true,
            kinds: Some(Group::named("handover")),
            ..Look::default()
        };
        // Back to the last that was completed: what came before it no longer matters.
        let (mut steps, mut completed) = (Vec::new(), None);
        'pages: loop {
            let looked = reader.look(&look, PAGE)?;
            for entry in looked.entries {
                let Record::Fact(Fact::Handover(handover)) = entry.record else {
                    continue;
                };
                if completed.is_some_and(|id| id != handover.id) {
                    break 'pages;
                }
                if handover.step == Step::Completed {
                    completed = Some(handover.id);
                }
                steps.push((handover, entry.at));
            }
            match looked.next {
                Some(next) if looked.more => look.before = Some(next),
                _ => break,
            }
        }
        let mut desk = Desk::default();
        for (handover, at) in steps.iter().rev() {
            desk.apply(handover, *at);
        }
        Ok(desk)
    }

    /// The steps that follow from what is wanted. `open`: everything that is open on the floor now.
    ///
    /// # Errors
    /// Why not, in words; nothing changes.
    pub fn decide(&self, ask: &HandoverAsk, open: &[Item]) -> Result<Vec<Handover>, Refused> {
        let steps = match &ask.wanted {
            Wanted::Begin { from, to, upto, digest } => {
                self.may_begin(*from, *to)?;
                vec![Step::Begun {
                    from: *from,
                    to: *to,
                    upto: *upto,
                    digest: digest.clone(),
                    items: open.to_vec(),
                }]
            }
            Wanted::Note { note } => {
                if self.draft()?.notes.len() >= LIMIT_NOTES {
                    return Err(Refused::new(
                        RefusedBecause::TooMuch {
                            what: "notes".into(),
                            came: LIMIT_NOTES as u64 + 1,
                            limit: LIMIT_NOTES as u64,
                        },
                        format!("a hand-over takes at most {LIMIT_NOTES} notes"),
                    ));
                }
                vec![Step::Noted { note: note.clone() }]
            }
            Wanted::Settle { item, note } => {
                self.draft()?.item(item)?;
                vec![Step::Settled {
                    item: item.clone(),
                    note: note.clone(),
                }]
            }
            Wanted::TakeOver { items } => vec![Step::TakenOver {
                items: self.draft()?.may_take(ask, items, open)?,
            }],
            Wanted::Sign { side, digest } => self.draft()?.may_sign(ask, *side, digest, open)?,
            Wanted::Withdraw { note } => {
                self.draft()?;
                vec![Step::Withdrawn { note: note.clone() }]
            }
        };
        let id = match ask.wanted {
            Wanted::Begin { .. } => self.id + 1,
            Wanted::Note { .. }
            | Wanted::Settle { .. }
            | Wanted::TakeOver { .. }
            | Wanted::Sign { .. }
            | Wanted::Withdraw { .. } => self.id,
        };
        let step = |step| Handover {
            id,
            by: ask.by.clone(),
            unproven: ask.unproven,
            step,
        };
        Ok(steps.into_iter().map(step).collect())
    }

    /// Takes a step, decided now or recorded before.
    pub fn apply(&mut self, handover: &Handover, at: Time) {
        let by = Signature {
            by: handover.by.clone(),
            unproven: handover.unproven,
            at,
        };
        self.id = self.id.max(handover.id);
        if let Step::Begun {
            from,
            to,
            upto,
            digest,
            items,
        } = &handover.step
        {
            self.draft = Some(Draft {
                id: handover.id,
                begun: by,
                from: *from,
                to: *to,
                upto: *upto,
                digest: digest.clone(),
                items: items.iter().map(|item| (item.clone(), Standing::Open)).collect(),
                notes: Vec::new(),
                leaving: None,
                coming: None,
            });
            return;
        }
        let Some(draft) = self.draft.as_mut().filter(|draft| draft.id == handover.id) else {
            return;
        };
        match &handover.step {
            Step::Noted { note } => draft.notes.push(Note {
                said: by,
                note: note.clone(),
            }),
            Step::Settled { item, note } => {
                draft.stands(std::slice::from_ref(item), &Standing::Settled(by, note.clone()));
            }
            Step::TakenOver { items } => draft.stands(items, &Standing::TakenOver(by)),
            Step::Signed { side, .. } => *draft.signature(*side) = Some(by),
            Step::Completed => self.close(at),
            Step::Withdrawn { .. } => self.draft = None,
            Step::Begun { .. } => {}
        }
    }

    fn close(&mut self, at: Time) {
        if let Some(Draft {
            id,
            to,
            leaving: Some(leaving),
            coming: Some(coming),
            ..
        }) = self.draft.take()
        {
            self.last = Some(Closed {
                id,
                to,
                at,
                leaving,
                coming,
            });
        }
    }

    fn draft(&self) -> Result<&Draft, Refused> {
        self.draft.as_ref().ok_or_else(|| {
            Refused::new(
                RefusedBecause::NoSuchHandover,
                "no hand-over is drawn up: begin one, then read, settle or take over, and sign",
            )
        })
    }

    fn may_begin(&self, from: Time, to: Time) -> Result<(), Refused> {
        if let Some(signed) = self
            .draft
            .as_ref()
            .and_then(|draft| draft.leaving.as_ref().or(draft.coming.as_ref()))
        {
            let words = format!(
                "{} has signed hand-over {} already: the other one signs it, or somebody withdraws it first",
                signed.by.name, self.id
            );
            return Err(Refused::new(RefusedBecause::SignedAlready, words));
        }
        if to <= from || to - from > LIMIT_SHIFT {
            return Err(Refused::new(
                RefusedBecause::NotUnderstood,
                "expected a shift that ends after it begins and lasts 7 days at most",
            ));
        }
        Ok(())
    }
}

impl Draft {
    /// The matters that nobody answers for and that are still open on the floor.
    pub fn still_open<'a>(&'a self, open: &'a [Item]) -> impl Iterator<Item = &'a Item> {
        let items = self.items.iter().filter(|(_, standing)| *standing == Standing::Open);
        items.map(|(item, _)| item).filter(move |item| is_open(item, open))
    }

    fn item(&self, key: &str) -> Result<(), Refused> {
        if self.items.iter().any(|(item, _)| item.key == key) {
            return Ok(());
        }
        let keys: Vec<&str> = self.items.iter().map(|(item, _)| item.key.as_str()).collect();
        let shown: String = key.chars().take(60).collect();
        let known = match keys.as_slice() {
            [] => "none".to_owned(),
            keys => keys.join(", "),
        };
        let words = format!("{shown:?} is no matter of hand-over {}; its matters: {known}", self.id);
        Err(Refused::new(RefusedBecause::NoSuchItem, words))
    }

    fn may_take(&self, ask: &HandoverAsk, keys: &[String], open: &[Item]) -> Result<Vec<String>, Refused> {
        if self.leaving.as_ref().is_some_and(|leaving| same(&leaving.by, &ask.by)) {
            let words = "you have signed as the one who leaves: whoever comes takes over, with a token of their own";
            return Err(Refused::new(RefusedBecause::SamePerson, words));
        }
        for key in keys {
            self.item(key)?;
        }
        if !keys.is_empty() {
            return Ok(keys.to_vec());
        }
        let all: Vec<String> = self.still_open(open).map(|item| item.key.clone()).collect();
        if all.is_empty() {
            return Err(Refused::new(
                RefusedBecause::NoSuchItem,
                "nothing is open that nobody answers for",
            ));
        }
        Ok(all)
    }

    fn may_sign(&self, ask: &HandoverAsk, side: Side, digest: &str, open: &[Item]) -> Result<Vec<Step>, Refused> {
        let (own, other) = match side {
            Side::Leaving => (&self.leaving, &self.coming),
            Side::Coming => (&self.coming, &self.leaving),
        };
        if let Some(signed) = own {
            let words = format!("{} has signed as the one {} already", signed.by.name, side.as_str());
            return Err(Refused::new(RefusedBecause::SignedAlready, words));
        }
        if other.as_ref().is_some_and(|other| same(&other.by, &ask.by)) {
            let words = format!(
                "{} has signed the other side already: two people hand a shift over, each with a token of their own",
                ask.by.staff_no
            );
            return Err(Refused::new(RefusedBecause::SamePerson, words));
        }
        if digest != self.digest {
            let words = "the summary that you read is not the one to be signed: read it again, then sign";
            return Err(Refused::new(RefusedBecause::SummaryChanged, words));
        }
        let taken = self.items.iter().any(|(_, standing)| match standing {
            Standing::TakenOver(taken) => same(&taken.by, &ask.by),
            Standing::Open | Standing::Settled(..) => false,
        });
        if side == Side::Leaving && taken {
            let words = "you have taken something over, so you cannot be the one who leaves";
            return Err(Refused::new(RefusedBecause::SamePerson, words));
        }
        let signed = Step::Signed {
            side,
            digest: digest.to_owned(),
        };
        if other.is_none() {
            return Ok(vec![signed]);
        }
        let left: Vec<&str> = self.still_open(open).map(|item| item.key.as_str()).collect();
        if !left.is_empty() {
            let items = left.into_iter().map(str::to_owned).collect();
            return Err(RefusedBecause::StillOpen { items }.into());
        }
        Ok(vec![signed, Step::Completed])
    }

    fn stands(&mut self, keys: &[String], standing: &Standing) {
        for (_, stands) in self.items.iter_mut().filter(|(item, _)| keys.contains(&item.key)) {
            *stands = standing.clone();
        }
    }

    fn signature(&mut self, side: Side) -> &mut Option<Signature> {
        match side {
            Side::Leaving => &mut self.leaving,
            Side::Coming => &mut self.coming,
        }
    }
}

/// Whether a matter of a hand-over is open on the floor still.
pub(super) fn is_open(item: &Item, open: &[Item]) -> bool {
    open.iter().any(|it| it.key == item.key)
}

/// Two signatures need two people: staff numbers differ in more than case and blanks.
fn same(one: &Actor, other: &Actor) -> bool {
    one.staff_no.trim().eq_ignore_ascii_case(other.staff_no.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Millis;
    use crate::journal::ItemKind;

    fn item(key: &str) -> Item {
        Item {
            key: key.into(),
            kind: ItemKind::Pause,
            queue: "inbound".into(),
            instruction: None,
            action: None,
            tier: None,
            seats: None,
            note: None,
            at: None,
        }
    }

    fn begin() -> Wanted {
        Wanted::Begin {
            from: Time(0),
            to: Time(1000),
            upto: 9,
            digest: "d1".into(),
        }
    }

    fn sign(side: Side) -> Wanted {
        Wanted::Sign {
            side,
            digest: "d1".into(),
        }
    }

    /// Takes a step; the code where it is refused.
    fn step(desk: &mut Desk, staff_no: &str, wanted: Wanted, open: &[Item]) -> Result<usize, String> {
        let by = Actor {
            name: format!("name of {staff_no}"),
            staff_no: staff_no.into(),
            role: "supervisor".into(),
        };
        let ask = HandoverAsk {
            by,
            unproven: false,
            wanted,
        };
        let before = desk.clone();
        match desk.decide(&ask, open) {
            Ok(steps) => {
                steps.iter().for_each(|step| desk.apply(step, Time(2000)));
                Ok(steps.len())
            }
            Err(refused) => {
                assert_eq!(*desk, before);
                Err(refused.code().to_owned().to_owned())
            }
        }
    }

    #[test]
    fn two_people_sign_in_either_order_whatever_case_their_numbers_are_written_in() {
        for (first, second) in [(Side::Leaving, Side::Coming), (Side::Coming, Side::Leaving)] {
            let mut desk = Desk::default();
            assert_eq!(step(&mut desk, "S1", sign(first), &[]), Err("no_such_handover".into()));
            assert_eq!(step(&mut desk, "S1", begin(), &[]), Ok(1));
            assert_eq!(step(&mut desk, "S1", sign(first), &[]), Ok(1));
            assert_eq!(step(&mut desk, "S2", sign(first), &[]), Err("signed_already".into()));
            assert_eq!(step(&mut desk, " s1 ", sign(second), &[]), Err("same_person".into()));
            assert_eq!(step(&mut desk, "S2", begin(), &[]), Err("signed_already".into()));
            assert_eq!(step(&mut desk, "S2", sign(second), &[]), Ok(2), "and it is complete");
            assert_eq!(
                (desk.draft.is_none(), desk.last.as_ref().map(|it| it.id)),
                (true, Some(1))
            );
        }
    }

    #[test]
    fn what_is_open_needs_a_name_a_word_or_its_end() {
        let open = [item("a"), item("b"), item("c")];
        let mut desk = Desk::default();
        step(&mut desk, "S1", begin(), &open).unwrap();
        step(&mut desk, "S1", sign(Side::Leaving), &open).unwrap();
        let take = |key: &str| Wanted::TakeOver {
            items: vec![key.into()],
        };
        assert_eq!(step(&mut desk, "S1", take("a"), &open), Err("same_person".into()));
        assert_eq!(step(&mut desk, "S2", take("x"), &open), Err("no_such_item".into()));
        step(&mut desk, "S2", take("a"), &open).unwrap();
        let settle = Wanted::Settle {
            item: "b".into(),
            note: "by hand".into(),
        };
        step(&mut desk, "S2", settle, &open).unwrap();
        assert_eq!(
            step(&mut desk, "S2", sign(Side::Coming), &open),
            Err("still_open".into())
        );
        // The last one ends of itself; what opens after the drawing up belongs to the next shift.
        let later = [item("a"), item("b"), item("d")];
        assert_eq!(step(&mut desk, "S2", sign(Side::Coming), &later), Ok(2));
    }

    #[test]
    fn who_took_something_over_does_not_leave_and_all_is_all_that_is_open() {
        let open = [item("a"), item("b")];
        let mut desk = Desk::default();
        step(&mut desk, "S1", begin(), &open).unwrap();
        let all = || Wanted::TakeOver { items: Vec::new() };
        assert_eq!(step(&mut desk, "S2", all(), &open), Ok(1));
        assert_eq!(step(&mut desk, "S2", all(), &open), Err("no_such_item".into()));
        assert_eq!(
            step(&mut desk, "S2", sign(Side::Leaving), &open),
            Err("same_person".into())
        );
        let stale = Wanted::Sign {
            side: Side::Coming,
            digest: "d0".into(),
        };
        assert_eq!(step(&mut desk, "S2", stale, &open), Err("summary_changed".into()));
        // Drawn up anew it is another one; set aside it is none.
        assert_eq!(step(&mut desk, "S3", begin(), &[]), Ok(1));
        assert_eq!(desk.draft.as_ref().map(|it| (it.id, it.items.len())), Some((2, 0)));
        let note = || "x".to_owned();
        assert_eq!(step(&mut desk, "S3", Wanted::Withdraw { note: note() }, &[]), Ok(1));
        assert_eq!(
            step(&mut desk, "S3", Wanted::Note { note: note() }, &[]),
            Err("no_such_handover".into())
        );
        let backwards = Wanted::Begin {
            from: Time(5),
            to: Time(5),
            upto: 1,
            digest: note(),
        };
        assert_eq!(step(&mut desk, "S3", backwards, &[]), Err("not_understood".into()));
    }

    #[test]
    fn a_shift_lasts_seven_days_at_most() {
        let lasting = |time: Millis| Wanted::Begin {
            from: Time(5),
            to: Time(5) + time,
            upto: 1,
            digest: "d1".into(),
        };
        let mut desk = Desk::default();
        let longer = lasting(LIMIT_SHIFT + Millis(1));
        assert_eq!(step(&mut desk, "S1", longer, &[]), Err("not_understood".into()));
        assert_eq!(step(&mut desk, "S1", lasting(LIMIT_SHIFT), &[]), Ok(1));
    }
}
