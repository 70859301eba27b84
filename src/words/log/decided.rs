//! What the core decided.

use super::{Sentences, seats_of};
use crate::core::{
    Action, Actor, Answer, Approval, Decision, Found, Instruction, InstructionId, Name, NearMiss, OutOfPlace, Part,
    Promise, Reason, Recounted, Settlement, Shortage, Time, What,
};
use crate::wire::{NearMissMessage, PromiseMessage, ReasonMessage, RequirementMessage};
use crate::words::span;
use serde_json::json;

impl Sentences {
    /// What the core decided.
    pub fn decision(&self, decision: &Decision) -> String {
        let of = |key: &str, instruction: &InstructionId| self.say(key, &[("id", &instruction.to_string())]);
        match &decision.what {
            What::Instruct { instruction, beside } => self.instruction(instruction, *beside),
            What::Settled { instruction, how } => of(settled_by(*how), instruction),
            What::Freed {
                instruction,
                parts,
                how,
            } => self.freed(*instruction, parts, *how),
            What::Gone {
                instruction,
                people,
                left_at,
            } => self.gone(*instruction, people, *left_at),
            What::TakenAsLeft { instruction, people } => {
                let values = [("people", &self.list(people)[..]), ("id", &instruction.to_string())];
                self.say("taken_as_left", &values)
            }
            What::IncidentEnds { until, over_at } => {
                let values = [("until", &self.time(*until)[..]), ("over_at", &self.time(*over_at))];
                self.say("incident_ends", &values)
            }
            What::OnlyMovesCounted {} => self.say("only_moves_counted", &[]),
            What::TierSkipped { tier, why } => {
                let values = [("tier", &self.tier(tier)[..]), ("why", &self.shortage(why))];
                self.say("tier_skipped", &values)
            }
            What::FeedLost { why } => self.say("feed_lost", &[("why", &self.words.lost(why))]),
            What::BlindLong { since, out_of_place } => self.blind_long(*since, out_of_place),
            What::PassedUp {
                instruction,
                role,
                skipped,
                respond_by,
                promise,
                ..
            } => self.passed_up(*instruction, role, skipped, *respond_by, promise.as_ref()),
            What::ApprovalAsked { approval } => self.approval(approval),
            What::ApprovalLapsed { tier } => self.say("approval_lapsed", &[("tier", &self.tier(tier))]),
            What::Approved { by, tier } => {
                self.say("approved", &[("tier", &self.tier(tier)), ("by", &self.person(by))])
            }
            What::ApprovalRefused {
                by,
                tier,
                reason,
                until,
            } => self.approval_refused(by, tier, reason, *until),
            What::NotShown {
                instruction,
                seats,
                shown,
                near,
            } => self.not_shown(*instruction, *seats, *shown, near),
            What::Counted { by, moves, found } => self.counted(by, moves, found),
            What::Unanswered { instruction } => of("unanswered", instruction),
            What::SurgeOver { began } => self.say("surge_over", &[("began", &self.time(*began))]),
            What::Resumed { by } => self.over("resumed", by.as_ref()),
            What::FeedBack { blind, anew } => {
                let key = if *anew { "feed_back_anew" } else { "feed_back_on" };
                self.say(key, &[("span", &span(*blind))])
            }
            What::Answered {
                instruction,
                by,
                answer,
            } => self.answered(*instruction, by, answer),
            What::NobodyListening { instruction } => of("nobody_listening", instruction),
            What::Paused { by, until, reason } => self.declared("paused", by, *until, ("reason", reason)),
            What::Incident { by, note, until } => self.declared("incident", by, *until, ("note", note)),
            What::IncidentOver { by } => self.over("incident_over", by.as_ref()),
            What::LadderChanged { from, to } => {
                let values = [("to", &self.ladder(to)[..]), ("from", &self.ladder(from))];
                self.say("ladder_changed", &values)
            }
        }
    }

    /// Why a tier that is due is not called.
    pub fn shortage(&self, why: &Shortage) -> String {
        self.words.shortage(why)
    }

    /// An instruction: what, with whom, why.
    pub fn instruction(&self, instruction: &Instruction, beside: bool) -> String {
        let Instruction {
            action, tier, seats, ..
        } = instruction;
        let verb = self.say(&format!("instruct_{}", action.as_str()), &[]);
        // A tier that is named after what it asks for need not be named twice.
        let what = match tier.as_str() == action.as_str() {
            true => verb,
            false => self.say("instruct_of", &[("action", &verb), ("tier", &self.tier(tier))]),
        };
        let fewer = (action.brings_people() && seats.ask < seats.min)
            .then(|| self.say("instruct_fewer", &[("n", &seats.min.to_string())]));
        let computed = instruction.computed.as_ref().map(|computed| {
            let required = self.words.required(&json!(RequirementMessage::from(computed.as_ref())));
            self.say("instruct_computed", &[("required", &required)])
        });
        let back = (*action == Action::StandDown).then(|| self.say("instruct_back", &[]));
        let takes_back = instruction
            .of
            .map(|of| self.say("instruct_takes_back", &[("of", &of.to_string())]));
        let beside = beside.then(|| self.say("instruct_beside", &[]));
        let shadow = instruction.shadow.then(|| self.say("instruct_shadow", &[]));
        let more: String = [takes_back, beside, shadow].into_iter().flatten().collect();
        let values = [
            ("what", &what[..]),
            ("asked", &self.asked(seats.ask, &instruction.parts, tier)),
            ("fewer", &fewer.unwrap_or_default()),
            ("computed", &computed.unwrap_or_default()),
            ("back", &back.unwrap_or_default()),
            ("why", &self.reason(&instruction.reason)),
            ("id", &instruction.id.to_string()),
            ("more", &more),
        ];
        self.say("instruct", &values)
    }

    /// Why an instruction was given.
    pub fn reason(&self, reason: &Reason) -> String {
        self.words.because(&json!(ReasonMessage::from(reason)))
    }

    /// Somebody has declared something until a time, with words of their own.
    fn declared(&self, key: &str, by: &Actor, until: Time, words: (&str, &str)) -> String {
        let (by, until) = (self.person(by), self.time(until));
        self.say(key, &[("by", &by), ("until", &until), words])
    }

    /// Something is at its end: by whom, or of itself.
    fn over(&self, key: &str, by: Option<&Actor>) -> String {
        match by {
            Some(by) => self.say(&format!("{key}_by"), &[("by", &self.person(by))]),
            None => self.say(key, &[]),
        }
    }

    fn freed(&self, instruction: InstructionId, parts: &[Part], how: Settlement) -> String {
        let who = match parts {
            [] => self.say("freed_everyone", &[]),
            parts => {
                let named: Vec<&Name> = parts.iter().flat_map(|part| &part.people).collect();
                self.number_of(seats_of(parts), &self.list(&named))
            }
        };
        let how = how.is_shown().then(|| self.say("freed_shown", &[]));
        let values = [
            ("who", &who[..]),
            ("id", &instruction.to_string()),
            ("how", &how.unwrap_or_default()),
        ];
        self.say("freed", &values)
    }

    fn gone(&self, instruction: InstructionId, people: &[Name], left_at: Time) -> String {
        let values = [
            ("people", &self.list(people)[..]),
            ("id", &instruction.to_string()),
            ("at", &self.time(left_at)),
        ];
        self.say("gone", &values)
    }

    fn answered(&self, instruction: InstructionId, by: &Actor, answer: &Answer) -> String {
        let (by, answer) = (self.person(by), self.answer(answer));
        let values = [("id", &instruction.to_string()[..]), ("by", &by), ("answer", &answer)];
        self.say("answered", &values)
    }

    fn blind_long(&self, since: Time, out_of_place: &[OutOfPlace]) -> String {
        let since = self.time(since);
        let one = |it: &OutOfPlace| {
            let asked = self.asked(seats_of(&it.parts), &it.parts, &it.tier);
            let values = [
                ("tier", &self.tier(&it.tier)[..]),
                ("asked", &asked),
                ("id", &it.instruction.to_string()),
            ];
            self.say("blind_long_move", &values)
        };
        match out_of_place {
            [] => self.say("blind_long_nobody", &[("since", &since)]),
            moves => {
                let moves: Vec<String> = moves.iter().map(one).collect();
                self.say("blind_long", &[("since", &since), ("moves", &moves.join(" · "))])
            }
        }
    }

    fn passed_up(
        &self,
        instruction: InstructionId,
        role: &Name,
        skipped: &[Name],
        respond_by: Time,
        promise: Option<&Promise>,
    ) -> String {
        let skipped = match skipped {
            [] => String::new(),
            roles => {
                let roles: Vec<String> = roles.iter().map(|role| self.role(role)).collect();
                self.say("passed_up_skipped", &[("roles", &self.list(&roles))])
            }
        };
        let promise = promise.map(|it| {
            let broken = self.words.promise(&json!(PromiseMessage::from(it)));
            self.say("passed_up_promise", &[("promise", &broken)])
        });
        let values = [
            ("id", &instruction.to_string()[..]),
            ("role", &self.role(role)),
            ("until", &self.time(respond_by)),
            ("skipped", &skipped),
            ("promise", &promise.unwrap_or_default()),
        ];
        self.say("passed_up", &values)
    }

    fn approval(&self, approval: &Approval) -> String {
        let key = match approval.times {
            0 | 1 => "approval_asked",
            _ => "approval_asked_again",
        };
        let values = [
            ("tier", &self.tier(&approval.tier)[..]),
            (
                "asked",
                &self.asked(approval.seats.ask, &approval.parts, &approval.tier),
            ),
            ("why", &self.reason(&approval.reason)),
        ];
        self.say(key, &values)
    }

    fn approval_refused(&self, by: &Actor, tier: &Name, reason: &str, until: Time) -> String {
        let (tier, by, until) = (self.tier(tier), self.person(by), self.time(until));
        let values = [("tier", &tier[..]), ("by", &by), ("reason", reason), ("until", &until)];
        self.say("approval_refused", &values)
    }

    fn not_shown(&self, instruction: InstructionId, seats: u32, shown: u32, near: &[NearMiss]) -> String {
        let near = near.iter().map(|miss| {
            let miss = self.words.near_miss(&json!(NearMissMessage::from(miss)));
            self.say("not_shown_near", &[("near", &miss)])
        });
        let values = [
            ("id", &instruction.to_string()[..]),
            ("n", &seats.to_string()),
            ("shown", &shown.to_string()),
            ("near", &near.collect::<String>()),
        ];
        self.say("not_shown", &values)
    }

    fn counted(&self, by: &Actor, moves: &[Recounted], found: &[Found]) -> String {
        let moves = moves.iter().map(|one| {
            let there = match one.after.as_slice() {
                [] => self.say("counted_nobody", &[]),
                parts => {
                    let asked = self.asked(seats_of(parts), parts, &one.tier);
                    self.say("counted_there", &[("asked", &asked)])
                }
            };
            let values = [
                ("tier", &self.tier(&one.tier)[..]),
                ("id", &one.instruction.to_string()),
                ("there", &there),
                ("n", &seats_of(&one.before).to_string()),
            ];
            self.say("counted_move", &values)
        });
        let found = found.iter().map(|one| {
            let parts = std::slice::from_ref(&one.part);
            let values = [
                ("tier", &self.tier(&one.tier)[..]),
                ("id", &one.instruction.to_string()),
                ("asked", &self.asked(one.part.seats, parts, &one.tier)),
            ];
            self.say("counted_found", &values)
        });
        let changes = match moves.chain(found).collect::<String>() {
            none if none.is_empty() => self.say("counted_same", &[]),
            changes => changes,
        };
        self.say("counted", &[("by", &self.person(by)), ("changes", &changes)])
    }
}

/// The words for how an instruction was settled.
fn settled_by(how: Settlement) -> &'static str {
    match how {
        Settlement::Shown => "settled_shown",
        Settlement::ShownByNumber => "settled_shown_by_number",
        Settlement::Time => "settled_time",
    }
}
