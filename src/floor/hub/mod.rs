//! Fan-out to every session: messages in order through the [`Ring`], the latest state through the [`Board`].
//!
//! The locks here are held for moments and never across an await; none guards anything that the core decides by.
//! State is encoded under the board's lock alone, so that an instruction never waits for it.

mod seat;

use super::access::Identity;
use super::board::{Board, Latest};
use super::listening::{Listeners, Present};
use super::paper::Sheet;
use super::ring::Ring;
use super::settings::Limits;
use super::turns::{Sitting, Turns};
use crate::calendar::Calendar;
use crate::config::Config;
use crate::core::ladder::Plan;
use crate::core::{InstructionId, Name, Time};
use crate::journal::Item;
use crate::shift::{Desk, open_items};
use crate::wire::{
    AnsweringMessage, Audience, By, Gap, House, OpenInstruction, PersonState, QueueState, Recent, Scope, ServerMessage,
};
use crate::words::{Language, Words};
use jiff::tz::TimeZone;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_util::sync::CancellationToken;

use seat::Able;
pub(super) use seat::Seat;

/// At most four states a second.
const POST_EVERY: Duration = Duration::from_millis(250);

/// Of so many queues the state goes out with the messages about them; it takes some microseconds each.
const POSTED_AT_ONCE: usize = 16;

/// Whom an instruction reached.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Reach {
    /// The instruction.
    pub instruction: InstructionId,
    /// In how many sessions' hands it is that may answer it; 0: nobody is listening.
    pub sessions: usize,
}

/// The fan-out.
pub struct Hub {
    limits: Limits,
    room: Mutex<Room>,
    latest: Mutex<Told>,
    people: Mutex<Arc<Vec<PersonState>>>,
    board: Mutex<Board>,
    /// Held while a page goes out, so that no state of it is posted before its messages.
    page: Mutex<()>,
    /// The board's version as of the last post of the whole floor, to be looked at without its lock.
    posted: AtomicU64,
    /// The same as of the last post of some queues with their messages.
    posted_some: AtomicU64,
    /// The latest was told and is not on the board yet.
    fresh: Notify,
    /// There may be something for a session: a message, a state, or what stands in `answering`, `listening` and `house`.
    turns: Arc<Turns>,
    /// Who is at which card, for the sessions that may see it; whoever is too slow for it misses it.
    answering: broadcast::Sender<AtCard>,
    presence: watch::Sender<usize>,
    listening: watch::Sender<Arc<Vec<Present>>>,
    house: watch::Sender<Arc<House>>,
    journal_failing: AtomicBool,
    forgot: AtomicBool,
    desk: Mutex<Arc<Desk>>,
    /// For the sheet: what a person needs who goes on by hand. `None` until the daemon has told it.
    plan: Mutex<Option<Arc<Plan>>>,
    /// For the report: which days are holidays.
    calendar: Mutex<Option<Arc<Calendar>>>,
    /// For the bench: the file that is in force. `None` until the daemon has told it.
    config: Mutex<Option<Arc<Config>>>,
}

/// So many are kept for a session that is slow to take them.
const AT_CARDS: usize = 64;

/// Somebody is at a card of this queue.
#[derive(Clone)]
pub(super) struct AtCard {
    pub queue: Name,
    pub frame: Utf8Bytes,
}

/// The instruction that a message gives without its standing in the duty log.
fn went_out_unlogged(message: &ServerMessage) -> Option<InstructionId> {
    let ServerMessage::Instruction(it) = message else {
        return None;
    };
    it.unlogged.then_some(it.id)
}

struct Room {
    ring: Ring,
    sessions: usize,
    /// Of these, sessions that hear of whole queues.
    whole_queues: usize,
    able: Able,
    listeners: Listeners,
    by_token: HashMap<String, usize>,
}

#[derive(Default)]
struct Told {
    latest: Arc<Latest>,
    /// The number of the last message that the latest speaks of: it may be behind those that went out since.
    up_to: u64,
    whole: Option<Utf8Bytes>,
    /// Instructions that have reached a session that may answer, where the daemon's own state does not say so yet.
    reached: BTreeSet<InstructionId>,
    /// Instructions that were told as `unlogged`: the core does not know how the duty log fares.
    unlogged: BTreeSet<InstructionId>,
}

impl Told {
    /// Whether it is in somebody's hands, or was told as unlogged, and the daemon's own state does not say so.
    fn knows_more(&self, open: &OpenInstruction) -> bool {
        let (id, told) = (&open.instruction.id, &open.instruction);
        (!open.delivered && self.reached.contains(id)) || (!told.unlogged && self.unlogged.contains(id))
    }

    /// What the hub knows and the core does not, or not yet: that an instruction is in somebody's hands, and that it went out unlogged.
    fn say_more(&mut self, open: &mut [Arc<OpenInstruction>]) {
        if !self.unlogged.is_empty() {
            let last = open.iter().map(|open| open.instruction.id).max();
            let mut still = BTreeSet::new();
            for open in open
                .iter_mut()
                .filter(|open| self.unlogged.contains(&open.instruction.id))
            {
                still.insert(open.instruction.id);
                if !open.instruction.unlogged {
                    Arc::make_mut(open).instruction.unlogged = true;
                }
            }
            // A state may come before the one that has it.
            self.unlogged.retain(|id| still.contains(id) || Some(*id) > last);
        }
        let mut still = BTreeSet::new();
        for open in open.iter_mut().filter(|open| !open.delivered) {
            let id = open.instruction.id;
            if self.reached.contains(&id) {
                Arc::make_mut(open).delivered = true;
                still.insert(id);
            }
        }
        self.reached = still;
    }
}

impl Hub {
    /// A hub without history.
    pub fn new(limits: Limits) -> Hub {
        Hub {
            room: Mutex::new(Room {
                ring: Ring::new(limits.ring_frames),
                sessions: 0,
                whole_queues: 0,
                able: Able::default(),
                listeners: Listeners::default(),
                by_token: HashMap::new(),
            }),
            limits,
            latest: Mutex::new(Told {
                up_to: u64::MAX,
                ..Told::default()
            }),
            people: Mutex::default(),
            board: Mutex::new(Board::default()),
            page: Mutex::default(),
            posted: AtomicU64::new(0),
            posted_some: AtomicU64::new(0),
            fresh: Notify::new(),
            turns: Arc::default(),
            answering: broadcast::Sender::new(AT_CARDS),
            presence: watch::Sender::new(0),
            listening: watch::Sender::default(),
            house: watch::Sender::new(Arc::default()),
            journal_failing: AtomicBool::new(false),
            forgot: AtomicBool::new(false),
            desk: Mutex::default(),
            plan: Mutex::default(),
            calendar: Mutex::default(),
            config: Mutex::default(),
        }
    }

    /// Takes history from the duty log at start-up: everything up to `before` is not in it.
    pub fn preload(&self, before: u64, messages: impl IntoIterator<Item = (u64, ServerMessage)>) {
        let mut room = self.room();
        room.ring.begin_after(before);
        let mut unlogged = Vec::new();
        for (seq, message) in messages {
            unlogged.extend(went_out_unlogged(&message));
            let instruction = message.instruction().is_some();
            let audience = message.audience();
            room.ring.push(seq, message.encode().into(), audience, instruction);
        }
    }

    /// Tells the others that somebody is at an open instruction's card; of any other instruction nothing is told.
    pub(super) fn answering(&self, who: &Identity, instruction: InstructionId) {
        let latest = self.latest();
        let open = (latest.open_in(&who.scope)).find(|open| open.instruction.id == instruction);
        let Some(open) = open else { return };
        let message = ServerMessage::Answering(AnsweringMessage {
            instruction,
            by: By {
                name: who.name.clone(),
                staff_no: who.staff_no.clone(),
            },
        });
        // An error says that nobody listens.
        let _ = self.answering.send(AtCard {
            queue: open.instruction.queue.clone(),
            frame: message.encode().into(),
        });
        self.nudge();
    }

    /// Wakes every session, to look for itself what there is.
    pub(super) fn nudge(&self) {
        self.turns.news();
    }

    pub(super) fn at_cards(&self) -> broadcast::Receiver<AtCard> {
        self.answering.subscribe()
    }

    /// Sends messages that are durable to every session, in this order, under rising numbers. Tells for each instruction
    /// among them whom it reached. The state that they brought about may come before them or after: whoever joins is told it, and all
    /// messages that it does not speak of yet.
    pub fn publish(&self, messages: &[(u64, ServerMessage)]) -> Vec<Reach> {
        let encoded: Vec<(u64, Utf8Bytes, Audience, Option<InstructionId>)> = messages
            .iter()
            .map(|(seq, message)| (*seq, message.encode().into(), message.audience(), message.instruction()))
            .collect();
        let (mut reached, mut queues) = (Vec::new(), BTreeSet::new());
        let mut room = self.room();
        for (seq, frame, audience, instruction) in encoded {
            let sessions = room.able.among(&audience);
            // Of more nothing is posted.
            if let Audience::Queue(queue) = &audience
                && queues.len() <= POSTED_AT_ONCE
            {
                queues.insert(queue.clone());
            }
            room.ring.push(seq, frame, audience, instruction.is_some());
            reached.extend(instruction.map(|instruction| Reach { instruction, sessions }));
        }
        drop(room);
        let unlogged = messages.iter().filter_map(|(_, message)| went_out_unlogged(message));
        self.post_with(&reached, unlogged.collect(), &queues);
        self.nudge();
        reached
    }

    /// To be held from [`Hub::set_state`] to [`Hub::publish`], where a state goes out together with messages: whoever is told only what
    /// changed has every instruction by its message before a state says more of it.
    pub fn page(&self) -> MutexGuard<'_, ()> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells how all queues stand and which instructions are open. Cheap: what changed is found and sent by
    /// [`Hub::post_states`], at most four times a second.
    ///
    /// It speaks of every message that has gone out, and of those that go out with it.
    pub fn set_state(&self, queues: Vec<QueueState>, open: Vec<OpenInstruction>, recent: Vec<Recent>) {
        let queues = queues.into_iter().map(Arc::new).collect();
        self.set_shared_state(queues, open.into_iter().map(Arc::new).collect(), recent, u64::MAX);
    }

    /// The same, where what has not changed since the last time is the very same: it need not be compared. It speaks of the messages up to
    /// this number.
    pub fn set_shared_state(
        &self,
        queues: Vec<Arc<QueueState>>,
        mut open: Vec<Arc<OpenInstruction>>,
        recent: Vec<Recent>,
        up_to: u64,
    ) {
        let mut told = self.told();
        told.say_more(&mut open);
        told.latest = Arc::new(Latest { queues, open, recent });
        (told.up_to, told.whole) = (up_to, None);
        drop(told);
        self.fresh.notify_one();
    }

    /// Notes whom messages reached, and posts the queues that they are about, for the sessions that hear changes: what a message brought
    /// about goes out with it. Many queues at once are left to [`Hub::post_states`], as all others that a message concerns: no
    /// instruction waits until a whole floor is put into words.
    fn post_with(&self, reached: &[Reach], unlogged: Vec<InstructionId>, queues: &BTreeSet<Name>) {
        let mut told = self.told();
        let anew = reached.iter().filter(|reach| reach.sessions > 0);
        told.reached.extend(anew.map(|reach| reach.instruction));
        told.unlogged.extend(unlogged);
        if told.latest.open.iter().any(|open| told.knows_more(open)) {
            let Latest { queues, open, recent } = &*told.latest;
            let (queues, mut open, recent) = (queues.clone(), open.clone(), recent.clone());
            told.say_more(&mut open);
            (told.latest, told.whole) = (Arc::new(Latest { queues, open, recent }), None);
        }
        let latest = Arc::clone(&told.latest);
        drop(told);
        if queues.is_empty() || queues.len() > POSTED_AT_ONCE {
            return;
        }
        // Where the board is at work for others it tells these with the next state.
        let Ok(mut board) = self.board.try_lock() else { return };
        if board.post_some(&latest, queues, Instant::now()) {
            self.posted_some.store(board.version(), Ordering::Release);
        }
    }

    /// Tells where everybody is who is known by name, for whoever asks.
    pub fn set_people(&self, people: Arc<Vec<PersonState>>) {
        *self.people.lock().unwrap_or_else(PoisonError::into_inner) = people;
    }

    pub(super) fn people(&self) -> Arc<Vec<PersonState>> {
        Arc::clone(&self.people.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Posts the latest state until cancelled.
    pub async fn post_states(self: Arc<Self>, cancel: CancellationToken) {
        let post = async {
            loop {
                self.fresh.notified().await;
                // What was told with it comes first: to put a whole floor into words takes a while.
                tokio::task::yield_now().await;
                self.post();
                tokio::time::sleep(POST_EVERY).await;
            }
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => {}
            () = post => {}
        }
    }

    /// What every session is welcomed with from now on; those that are here are welcomed again if it is news.
    pub fn set_house(&self, house: House) {
        let news = self.house.send_if_modified(|known| {
            let news = **known != house;
            *known = Arc::new(house);
            news
        });
        if news {
            self.nudge();
        }
    }

    /// Part of the duty log could not be read at the start, for whoever comes.
    pub fn set_forgot(&self) {
        self.forgot.store(true, Ordering::Release);
    }

    /// Whether the duty log takes nothing, for whoever comes while it is so.
    pub fn set_journal_failing(&self, failing: bool) {
        self.journal_failing.store(failing, Ordering::Release);
    }

    /// The plan in force.
    pub fn set_plan(&self, plan: Arc<Plan>) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Some(plan);
    }

    /// The calendar in force.
    pub fn set_calendar(&self, calendar: Arc<Calendar>) {
        *self.calendar.lock().unwrap_or_else(PoisonError::into_inner) = Some(calendar);
    }

    /// The configuration in force.
    pub fn set_config(&self, config: Arc<Config>) {
        *self.config.lock().unwrap_or_else(PoisonError::into_inner) = Some(config);
    }

    pub(super) fn config(&self) -> Option<Arc<Config>> {
        self.config.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn plan_and_calendar(&self) -> (Option<Arc<Plan>>, Option<Arc<Calendar>>) {
        let plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (
            plan,
            self.calendar.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        )
    }

    /// What a scope may see of the floor, on one printable page; `None` before the daemon has told how things stand.
    pub(super) fn sheet(&self, at: Time, language: Language, scope: &Scope) -> Option<String> {
        let plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let (latest, house) = (self.latest(), self.house.borrow().within(scope));
        let queues: Vec<QueueState> = (latest.queues.iter())
            .filter(|state| scope.covers(&state.queue))
            .map(|state| QueueState::clone(state))
            .collect();
        let open: Vec<OpenInstruction> = latest.open_in(scope).cloned().collect();
        let zone = TimeZone::get(&house.zone).unwrap_or(TimeZone::UTC);
        let words = Words::new(language, Arc::new(house));
        let sheet = Sheet {
            plan: &plan,
            words: &words,
            zone: &zone,
            queues: &queues,
            open: &open,
            at,
            from_log: false,
        };
        Some(sheet.html())
    }

    /// How the hand-over of the shift stands, for whoever comes or asks.
    pub fn set_desk(&self, desk: Arc<Desk>) {
        *self.desk.lock().unwrap_or_else(PoisonError::into_inner) = desk;
    }

    pub(super) fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.desk.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Everything that is open on the floor.
    pub(super) fn open_items(&self) -> Vec<Item> {
        let latest = self.latest();
        open_items(&latest.queues, &latest.open)
    }

    pub(super) fn house(&self) -> watch::Receiver<Arc<House>> {
        self.house.subscribe()
    }

    pub(super) fn forgot(&self) -> bool {
        self.forgot.load(Ordering::Acquire)
    }

    pub(super) fn journal_failing(&self) -> bool {
        self.journal_failing.load(Ordering::Acquire)
    }

    /// How many sessions may answer instructions: 0 means that nobody is listening.
    pub fn presence(&self) -> watch::Receiver<usize> {
        self.presence.subscribe()
    }

    /// How many sessions may answer instructions of this queue.
    pub fn listeners(&self, queue: &Name) -> usize {
        self.room().able.of(queue)
    }

    /// The number of the last message that the latest state speaks of.
    pub fn head(&self) -> u64 {
        let up_to = self.told().up_to;
        up_to.min(self.room().ring.head())
    }

    /// How all queues stand and which instructions are open, as a whole `state` message.
    pub fn whole_state(&self) -> Utf8Bytes {
        let mut told = self.told();
        let Told { latest, whole, .. } = &mut *told;
        whole.get_or_insert_with(|| latest.whole(&Scope::WholeFloor)).clone()
    }

    /// The same of a scope; only that of the whole floor is encoded once for all.
    fn whole_state_of(&self, scope: &Scope) -> Utf8Bytes {
        match scope {
            Scope::WholeFloor => self.whole_state(),
            Scope::Queues(_) => self.latest().whole(scope),
        }
    }

    /// The instructions that wait for their last word, as every page shows them.
    pub fn open(&self) -> Vec<Arc<OpenInstruction>> {
        self.latest().open.clone()
    }

    pub(super) fn latest(&self) -> Arc<Latest> {
        Arc::clone(&self.told().latest)
    }

    /// Instruction messages of a scope after `since`, what of that history is not here, and the last message's number.
    pub(super) fn instructions(&self, since: u64, scope: &Scope) -> (u64, Option<Gap>, Vec<Utf8Bytes>) {
        let room = self.room();
        let (gap, instructions) = room.ring.instructions(since, scope);
        (room.ring.head(), gap, instructions)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A session's place among those who are woken by news.
    pub(super) fn sit_down(&self) -> Sitting {
        self.turns.join()
    }

    /// Who may answer and is here, as it was told last.
    pub(super) fn listening(&self) -> watch::Receiver<Arc<Vec<Present>>> {
        self.listening.subscribe()
    }

    fn post(&self) {
        let here = self.room().listeners.all();
        let others = self.listening.send_if_modified(|known| {
            let news = *known != here;
            *known = here;
            news
        });
        if others {
            self.nudge();
        }
        // The board before the page: what is posted is then the latest, whatever messages went out while the board was waited for.
        let mut board = self.board();
        let page = self.page();
        let latest = self.latest();
        drop(page);
        let changed = board.post(&latest, Instant::now());
        let version = board.version();
        drop(board);
        if version > self.posted.swap(version, Ordering::AcqRel) {
            // Where all that changed went out with messages, only whoever hears whole queues has not heard of it.
            if changed || self.room().whole_queues > 0 {
                self.nudge();
            }
        }
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
