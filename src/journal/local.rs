//! The duty log in a file: SQLite on a thread of its own, so that no disk ever holds up the daemon's loop.
//!
//! Whoever appends waits in a bounded channel; the thread takes all that wait and commits them with one flush of the
//! disk. When the disk fails, every batch comes back, and the thread tries the next one as if nothing had been.

use super::error::{Closed, Failed, Fault, JournalError, NotTaken, Refused, storage};
use super::lock::lock;
use super::write::{Disk, Writer};
use super::{Batch, Entry, Journal, Reader, Receipt, Recovered, beside};
use crate::core::Time;
use crate::telemetry::names;
use metrics::{gauge, histogram};
use std::fs::File;
use std::future::Future;
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// So many bytes tell whether a file is text.
const HEAD_BYTES: u64 = 100;

/// Batches in one transaction at most, so that the first of them need not wait for ever more.
const MAX_GROUP: usize = 1024;

/// How the log is kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// Batches that may wait for the disk; who comes after them is held back.
    pub waiting_batches: usize,
    /// How long another program's lock on the database is waited for before a batch comes back.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            waiting_batches: 1024,
            patience: Duration::from_secs(1),
        }
    }
}

/// The duty log in a file.
#[derive(Debug)]
pub struct Local {
    path: PathBuf,
    patience: Duration,
    /// The disk was broken at the start.
    broken: bool,
    orders: mpsc::Sender<Order>,
    worker: Worker,
}

/// Who writes what is handed over.
#[derive(Debug)]
enum Worker {
    Thread(JoinHandle<()>),
    /// A simulation, which says when the disk gets to it; it lets go of this when all is written.
    Simulation(oneshot::Receiver<()>),
}

impl Local {
    /// Opens the log at `path`, creates or migrates it where needed, and reads what start-up needs. Blocks. Fails
    /// where another process has it, where it is not ours, newer than we know, or damaged; it is then left as it was.
    pub fn open(path: &Path, options: Options) -> Result<(Local, Recovered), JournalError> {
        if std::fs::metadata(path).is_ok_and(|log| log.len() == 0) {
            tracing::warn!(
                "the duty log {} is there and empty: it is begun anew. If it was not empty before, whoever was called then is not known any more: \
                 stop surged and put back a copy (`surged restore`)",
                path.display()
            );
        }
        keep_what_was_left_behind(path);
        let lock = lock(path)?;
        let writer = Writer::open(path.to_owned(), options.patience, lock)?;
        let recovered = Reader::open(path, options.patience)?.recover_before(u64::MAX)?;
        Ok((Local::begin(writer, path, options, false)?, recovered))
    }

    /// The same where the disk does not let the log be written, which [`Local::open`] has said: every append fails until it does.
    /// What start-up needs is read without writing; where it cannot even be read, start-up begins from nothing, and nothing is ever
    /// written. Nor is anything into a log that is damaged, of which start-up takes what stands before the fault. Fails with the same words
    /// where it is not the disk that is at fault.
    pub fn open_on_a_broken_disk(
        path: &Path,
        options: Options,
        why: JournalError,
    ) -> Result<(Local, Recovered), JournalError> {
        let (writer, recovered) = on_a_broken_disk(path, &options, why)?;
        Ok((Local::begin(writer, path, options, true)?, recovered))
    }

    /// The same without a thread: a simulation says when the disk gets to what waits, and how it fares. A disk that is broken at the
    /// start is gone around as [`Local::open_on_a_broken_disk`] does.
    pub fn simulated(
        path: &Path,
        options: Options,
        disk: Arc<dyn Disk>,
    ) -> Result<(Local, Recovered, Steps), JournalError> {
        let opened = lock(path).and_then(|lock| Writer::on(Arc::clone(&disk), path.to_owned(), options.patience, lock));
        let (writer, recovered, broken) = match opened {
            Ok(writer) => {
                let recovered = Reader::open(path, options.patience)?.recover_before(u64::MAX)?;
                (writer, recovered, false)
            }
            Err(why @ JournalError::Storage { .. }) => {
                let (writer, recovered) = on_a_broken_disk(path, &options, why)?;
                (writer.over(disk), recovered, true)
            }
            Err(why) => return Err(why),
        };
        let (orders, received) = mpsc::channel(options.waiting_batches.max(1));
        let (ended, end) = oneshot::channel();
        let steps = Steps {
            orders: received,
            work: Work::of(writer),
            _ended: ended,
        };
        let local = Local::of(path, &options, broken, orders, Worker::Simulation(end));
        Ok((local, recovered, steps))
    }

    fn begin(writer: Writer, path: &Path, options: Options, broken: bool) -> Result<Local, JournalError> {
        let (orders, received) = mpsc::channel(options.waiting_batches.max(1));
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || Work::of(writer).all(received))
            .map_err(|error| storage(path, Fault::Other(error.to_string())))?;
        Ok(Local::of(path, &options, broken, orders, Worker::Thread(thread)))
    }

    fn of(path: &Path, options: &Options, broken: bool, orders: mpsc::Sender<Order>, worker: Worker) -> Local {
        gauge!(names::JOURNAL_FAILING).set(f64::from(u8::from(broken)));
        Local {
            path: path.to_owned(),
            patience: options.patience,
            broken,
            orders,
            worker,
        }
    }

    /// Reads on a thread that may block.
    pub async fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (path, patience, broken) = (self.path.clone(), self.patience, self.broken);
        let open = move || match Reader::open(&path, patience) {
            Err(JournalError::Storage { .. }) if broken => Reader::open_alone(&path),
            opened => opened,
        };
        match tokio::task::spawn_blocking(move || work(&open()?)).await {
            Ok(result) => result,
            Err(error) => Err(storage(&self.path, Fault::Other(error.to_string()))),
        }
    }
}

impl Journal for Local {
    async fn append(&self, batch: Batch) -> Result<Receipt, Closed> {
        // Measured from here: what waits for a place in the channel waits for the disk.
        let since = Instant::now();
        match self.orders.reserve().await {
            Ok(place) => Ok(put(place, batch, since)),
            Err(_) => Err(Closed(batch)),
        }
    }

    fn try_append(&self, batch: Batch) -> Result<Receipt, NotTaken> {
        match self.orders.try_reserve() {
            Ok(place) => Ok(put(place, batch, Instant::now())),
            Err(mpsc::error::TrySendError::Full(())) => Err(NotTaken::Full(batch)),
            Err(mpsc::error::TrySendError::Closed(())) => Err(NotTaken::Closed(batch)),
        }
    }

    async fn recover_before(&self, seq: u64) -> Result<Recovered, JournalError> {
        self.reading(move |reader| reader.recover_before(seq)).await
    }

    async fn read(&self, range: RangeInclusive<u64>, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.reading(move |reader| reader.read(range, limit)).await
    }

    async fn prune(&self, readings_before: Time) {
        // A closed log is pruned when it is opened again.
        let _ = self.orders.send(Order::Prune(readings_before)).await;
    }

    async fn forget_unnamed(&self, since: Time) {
        // A closed log forgets when it is opened again.
        let _ = self.orders.send(Order::ForgetUnnamed(since)).await;
    }

    async fn close(self) {
        let Local { orders, worker, .. } = self;
        drop(orders);
        match worker {
            Worker::Thread(thread) => {
                if let Ok(Err(_)) = tokio::task::spawn_blocking(move || thread.join()).await {
                    tracing::error!("the duty log's thread ended in a panic; what it had acknowledged is on the disk");
                }
            }
            Worker::Simulation(end) => {
                // An error says that it has ended, which is what is waited for.
                let _ = end.await;
            }
        }
    }
}

/// Something for the thread to do.
#[derive(Debug)]
enum Order {
    Append(Waiting),
    Prune(Time),
    ForgetUnnamed(Time),
    #[cfg(test)]
    LimitPages(u32),
}

/// A batch on its way to the disk.
#[derive(Debug)]
struct Waiting {
    batch: Batch,
    since: Instant,
    reply: oneshot::Sender<Result<super::Committed, Failed>>,
}

fn put(place: mpsc::Permit<'_, Order>, batch: Batch, since: Instant) -> Receipt {
    let (reply, receipt) = oneshot::channel();
    place.send(Order::Append(Waiting { batch, since, reply }));
    receipt
}

/// What is done for those who hand batches over.
struct Work {
    writer: Writer,
    pruning: Option<Time>,
    failing: bool,
}

impl Work {
    fn of(writer: Writer) -> Work {
        Work {
            writer,
            pruning: None,
            failing: false,
        }
    }

    /// The thread: until every sender is gone and everything that waited is written.
    fn all(mut self, mut orders: mpsc::Receiver<Order>) {
        loop {
            if let Some(before) = self.pruning {
                self.pruning = prune_some(&mut self.writer, before);
            }
            let first = match self.pruning {
                None => orders.blocking_recv(),
                Some(_) => match orders.try_recv() {
                    Ok(order) => Some(order),
                    Err(mpsc::error::TryRecvError::Empty) => continue,
                    Err(mpsc::error::TryRecvError::Disconnected) => None,
                },
            };
            let Some(first) = first else { return };
            self.some(first, &mut orders);
        }
    }

    /// Does what was ordered, and what was ordered since: all batches of it in one transaction.
    fn some(&mut self, first: Order, orders: &mut mpsc::Receiver<Order>) {
        let (mut group, mut forgetting) = (Vec::new(), None);
        let mut next = Some(first);
        while let Some(order) = next {
            match order {
                Order::Append(waiting) => group.push(waiting),
                Order::Prune(before) => self.pruning = Some(before),
                Order::ForgetUnnamed(since) => forgetting = Some(since),
                #[cfg(test)]
                Order::LimitPages(pages) => self.writer.limit_pages(pages),
            }
            next = (group.len() < MAX_GROUP).then(|| orders.try_recv().ok()).flatten();
        }
        if let Some(Err(fault)) = forgetting.map(|since| self.writer.forget_unnamed(since)) {
            tracing::warn!("names of people that are past their time stay in the duty log for now: {fault}");
        }
        if !group.is_empty() {
            commit(&mut self.writer, group, &mut self.failing);
            self.writer.put_away(!orders.is_empty());
        }
    }
}

/// The thread's work, done step by step by a simulation.
pub struct Steps {
    orders: mpsc::Receiver<Order>,
    work: Work,
    _ended: oneshot::Sender<()>,
}

impl Steps {
    /// Waits until something is to be written, then for `delay`, and writes all that waits by then. `false` once the log is closed.
    pub async fn step(&mut self, delay: impl Future<Output = ()>) -> bool {
        let Some(first) = self.orders.recv().await else {
            return false;
        };
        delay.await;
        self.work.some(first, &mut self.orders);
        while let Some(before) = self.work.pruning {
            self.work.pruning = prune_some(&mut self.work.writer, before);
        }
        true
    }
}

/// Writes a group and tells each batch its fate.
fn commit(writer: &mut Writer, group: Vec<Waiting>, failing: &mut bool) {
    let batches: Vec<&Batch> = group.iter().map(|it| &it.batch).collect();
    let fates = writer.append(&batches);
    let fault = fates.iter().find_map(|fate| match fate {
        Err(why @ Refused::Storage { .. }) => Some(why),
        _ => None,
    });
    // Only a batch that was written shows that the log can be written again.
    let was = std::mem::replace(
        failing,
        fault.is_some() || (*failing && !fates.iter().any(Result::is_ok)),
    );
    gauge!(names::JOURNAL_FAILING).set(if *failing { 1.0 } else { 0.0 });
    match fault {
        Some(why) if !was => tracing::error!("{why}"),
        None if was && !*failing => tracing::info!("the duty log can be written again"),
        _ => {}
    }
    let (took, now) = (histogram!(names::JOURNAL_APPEND), Instant::now());
    for (waiting, fate) in group.into_iter().zip(fates) {
        let Waiting { batch, since, reply } = waiting;
        let fate = match fate {
            Ok(committed) => {
                took.record(now.saturating_duration_since(since).as_secs_f64());
                Ok(committed)
            }
            Err(why) => Err(Failed { batch, why }),
        };
        if let Err(Err(Failed { batch, why })) = reply.send(fate) {
            let (first, entries) = (batch.expected_seq, batch.entries.len());
            tracing::error!(
                "{entries} entries from {first} on are not in the duty log, and nobody waited to hear it: {why}"
            );
        }
    }
}

/// Prunes a little; what is still to be pruned. A fault ends it until the next time that pruning is asked for.
fn prune_some(writer: &mut Writer, before: Time) -> Option<Time> {
    match writer.prune(before) {
        Ok(more) => more.then_some(before),
        Err(fault) => {
            tracing::warn!("old readings stay in the duty log for now: {fault}");
            None
        }
    }
}

/// What writes, once it can, to a log that could not be opened for this reason; and what start-up needs of it.
fn on_a_broken_disk(path: &Path, options: &Options, why: JournalError) -> Result<(Writer, Recovered), JournalError> {
    let JournalError::Storage { fault, .. } = &why else {
        return Err(why);
    };
    if matches!(fault, Fault::Corrupt(_)) {
        return on_a_damaged_file(path, why);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // A folder that is not there is a path at fault, and somebody is just setting this up.
    if !fault.is_of_the_disk() || folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(why);
    }
    let lock = match lock(path) {
        Ok(lock) => Some(lock),
        Err(in_use @ JournalError::InUse { .. }) => return Err(in_use),
        Err(_) => None,
    };
    Ok(match read_without_writing(path) {
        Ok(recovered) => (Writer::later(path.to_owned(), options.patience, lock), recovered),
        Err(unread) => (Writer::never(path.to_owned(), &unread, lock), Recovered::default()),
    })
}

/// A log that is ours and has pages which cannot be read: the plan goes on from what stands before them, and nothing is written into it, so that
/// all that can be saved of it still can. Where nothing of it can be read it goes on from nothing. A file that is text is a path at fault.
fn on_a_damaged_file(path: &Path, why: JournalError) -> Result<(Writer, Recovered), JournalError> {
    let lock = lock(path)?;
    let recovered = Reader::open_alone(path).and_then(|reader| reader.recover_what_is_whole());
    let recovered = match recovered {
        Ok(recovered) => recovered,
        Err(_) if is_text(path) => return Err(why),
        Err(_) => Recovered::default(),
    };
    let recovered = Recovered {
        damaged: true,
        ..recovered
    };
    Ok((Writer::never(path.to_owned(), &why, Some(lock)), recovered))
}

/// Whether a file that is no database begins as something that somebody wrote: no disk leaves that of a duty log.
fn is_text(path: &Path) -> bool {
    let mut head = Vec::new();
    let file = File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    let plain = |head: &str| !head.is_empty() && !head.contains(|it: char| it.is_control() && !it.is_whitespace());
    // The last letter may be cut.
    file.is_ok()
        && head
            .utf8_chunks()
            .next()
            .is_some_and(|whole| plain(whole.valid()) && whole.valid().len() + 4 > head.len())
}

/// Where there is no log, or an empty one, and a file -wal with something in it, the log that this was written for was moved away without it:
/// SQLite would write over it.
fn keep_what_was_left_behind(path: &Path) {
    let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    let wal = beside(path, "-wal");
    if bytes(path) > 0 || bytes(&wal) == 0 {
        return;
    }
    let free = (1..)
        .map(|number| beside(path, &format!("-wal.{number}")))
        .find(|aside| aside.symlink_metadata().is_err());
    let Some(aside) = free else { return };
    match std::fs::rename(&wal, &aside) {
        Ok(()) => tracing::error!(
            "{} holds what was written last into a duty log that is not here any more: it is kept as {}. To have it back, put it beside that log, named as \
             the log is with -wal behind it, and look at both with `surged log verify`",
            wal.display(),
            aside.display()
        ),
        Err(error) => tracing::error!(
            "{} holds what was written last into a duty log that is not here any more, and could not be put aside ({error}): a new log writes over it",
            wal.display()
        ),
    }
}

/// What start-up needs of a log that nobody else has, and that may not be writable. One that is not there yet holds nothing.
fn read_without_writing(path: &Path) -> Result<Recovered, JournalError> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Recovered::default()),
        Ok(file) if file.len() == 0 => return Ok(Recovered::default()),
        _ => {}
    }
    Reader::open_alone(path)?.recover_before(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Fact, Record, Verdict};
    use metrics_exporter_prometheus::PrometheusBuilder;

    fn batch(seq: u64, letters: usize) -> Batch {
        let problems = vec!["x".repeat(letters)];
        Batch {
            expected_seq: seq,
            entries: vec![Entry {
                seq,
                at: Time(seq as i64),
                record: Record::Fact(Fact::ConfigRefused { problems }),
                unlogged: false,
            }],
            snapshot: None,
        }
    }

    #[tokio::test]
    async fn a_full_disk_gives_batches_back_and_they_are_taken_once_there_is_room() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("surged.db");
        let (local, _) = Local::open(&path, Options::default()).unwrap();
        local.append(batch(1, 10)).await.unwrap().await.unwrap().unwrap();

        local.orders.send(Order::LimitPages(1)).await.unwrap();
        let large = local
            .append(batch(2, 100_000))
            .await
            .unwrap()
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(large.batch, batch(2, 100_000));
        let words = large.why.to_string();
        assert!(words.contains("disk is full") && words.contains("surged.db"), "{words}");

        // What comes after it cannot overtake it.
        let next = local.append(batch(3, 10)).await.unwrap().await.unwrap().unwrap_err();
        assert_eq!(next.why, Refused::Gap { expected: 3, next: 2 });

        local.orders.send(Order::LimitPages(1 << 30)).await.unwrap();
        for failed in [large, next] {
            local.append(failed.batch).await.unwrap().await.unwrap().unwrap();
        }
        assert_eq!(local.read(1..=u64::MAX, 10).await.unwrap().len(), 3);
        local.close().await;
        let verdict = Reader::open(&path, Duration::ZERO).unwrap().verify(|_, _| {}).unwrap();
        assert!(matches!(verdict, Verdict::Whole { rows: 3, .. }), "{verdict:?}");
    }

    #[test]
    fn metrics_tell_of_appends_and_of_a_failing_log() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = {
            let path = dir.path().join("surged.db");
            let lock = lock(&path).unwrap();
            Writer::open(path, Duration::ZERO, lock).unwrap()
        };
        let recorder = PrometheusBuilder::new().build_recorder();
        let mut failing = false;
        let mut rendered = |writer: &mut Writer, seq, letters| {
            let (reply, receipt) = oneshot::channel();
            let group = vec![Waiting {
                batch: batch(seq, letters),
                since: Instant::now(),
                reply,
            }];
            metrics::with_local_recorder(&recorder, || commit(writer, group, &mut failing));
            drop(receipt);
            recorder.handle().render()
        };
        let text = rendered(&mut writer, 1, 10);
        assert!(text.contains("surged_journal_failing 0"), "{text}");
        assert!(text.contains("surged_journal_append_seconds_count 1"), "{text}");
        writer.limit_pages(1);
        let text = rendered(&mut writer, 2, 100_000);
        assert!(text.contains("surged_journal_failing 1"), "{text}");
        assert!(text.contains("surged_journal_append_seconds_count 1"), "{text}");
        // The next one cannot be written before the one that failed: nothing has been mended by that.
        writer.limit_pages(1 << 30);
        let text = rendered(&mut writer, 3, 10);
        assert!(text.contains("surged_journal_failing 1"), "{text}");
        let text = rendered(&mut writer, 2, 100_000);
        assert!(text.contains("surged_journal_failing 0"), "{text}");
    }
}
