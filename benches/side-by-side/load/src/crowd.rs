//! Thousands of clients of one server on one thread. They do not read frames one by one but count a mark in what comes, which costs the
//! same whatever server it is, and next to nothing.

use anyhow::{Result, bail, ensure};
use memchr::memmem::Finder;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

const BUFFER: usize = 256 * 1024;
/// What is kept of what a member heard that does not count.
const SAID: usize = 4 * 1024;
/// Where a read begins in the buffer: in front of it is room for what was left over.
const MARGIN: usize = 64;

/// The clients of one server.
pub struct Crowd {
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    members: Vec<Member>,
    mark: Finder<'static>,
    mark_length: usize,
    /// How many members that count have had so many marks: of the first, of the second and so on.
    reached: Vec<usize>,
    counting: usize,
    /// Bytes that have come.
    pub bytes: u64,
}

struct Member {
    socket: Option<TcpStream>,
    counts: bool,
    listens: bool,
    marks: usize,
    /// The last bytes, in which a mark may have begun.
    tail: [u8; MARGIN],
    tail_length: usize,
    /// The last thing that was said to a member that does not count, for when something goes wrong.
    said: Vec<u8>,
}

impl Crowd {
    pub fn new(mark: &str) -> Result<Crowd> {
        ensure!(mark.len() <= MARGIN, "a mark is short");
        Ok(Crowd {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            buffer: vec![0; MARGIN + BUFFER],
            members: Vec::new(),
            mark: Finder::new(mark.as_bytes()).into_owned(),
            mark_length: mark.len(),
            reached: Vec::new(),
            counting: 0,
            bytes: 0,
        })
    }

    /// Takes a client in that has shaken hands; its number. Not all `count`: whoever publishes is only listened to.
    pub fn join(&mut self, socket: std::net::TcpStream, counts: bool) -> Result<usize> {
        socket.set_nonblocking(true)?;
        let mut socket = TcpStream::from_std(socket);
        let number = self.members.len();
        self.poll
            .registry()
            .register(&mut socket, Token(number), Interest::READABLE)?;
        self.counting += usize::from(counts);
        self.members.push(Member {
            socket: Some(socket),
            counts,
            listens: true,
            marks: 0,
            tail: [0; MARGIN],
            tail_length: 0,
            said: Vec::new(),
        });
        Ok(number)
    }

    /// How many count.
    pub fn counting(&self) -> usize {
        self.counting
    }

    /// Sends a frame of one member.
    pub fn send(&mut self, member: usize, frame: &[u8]) -> Result<()> {
        let Some(socket) = &mut self.members[member].socket else {
            bail!("client {member} was cut off")
        };
        let sent = socket.write(frame)?;
        ensure!(sent == frame.len(), "the server takes nothing from client {member}");
        Ok(())
    }

    /// Every member sends the same: a sign of life.
    pub fn send_all(&mut self, frame: &[u8]) -> Result<()> {
        for member in 0..self.members.len() {
            if self.members[member].socket.is_some() && self.members[member].listens {
                self.send(member, frame)?;
            }
        }
        Ok(())
    }

    /// Begins to count anew.
    pub fn count_anew(&mut self, marks: usize) {
        self.members.iter_mut().for_each(|member| member.marks = 0);
        self.reached = vec![0; marks];
    }

    /// Whether every member that counts has had so many marks.
    pub fn have_all(&self, marks: usize) -> bool {
        self.reached[marks - 1] >= self.counting
    }

    /// Some members stop reading, or read again.
    pub fn listen(&mut self, members: impl Iterator<Item = usize>, listens: bool) -> Result<()> {
        for number in members {
            let member = &mut self.members[number];
            let Some(socket) = &mut member.socket else { continue };
            if member.listens == listens {
                continue;
            }
            member.listens = listens;
            if member.counts {
                self.counting = if listens { self.counting + 1 } else { self.counting - 1 };
            }
            match listens {
                true => self
                    .poll
                    .registry()
                    .register(socket, Token(number), Interest::READABLE)?,
                false => self.poll.registry().deregister(socket)?,
            }
        }
        Ok(())
    }

    /// Which members the server has cut off.
    pub fn cut_off(&self) -> Vec<usize> {
        let gone = |(number, member): (usize, &Member)| member.socket.is_none().then_some(number);
        self.members.iter().enumerate().filter_map(gone).collect()
    }

    /// Reads until it is so, or for so long; whether it was so.
    pub fn read_until(&mut self, within: Duration, mut so: impl FnMut(&Crowd) -> bool) -> Result<bool> {
        let end = Instant::now() + within;
        while !so(self) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            self.poll.poll(&mut self.events, Some(left))?;
            let ready: Vec<usize> = self.events.iter().map(|event| event.token().0).collect();
            for number in ready {
                self.read(number)?;
            }
        }
        Ok(true)
    }

    /// What was said last to a member that does not count.
    pub fn said(&self, member: usize) -> &[u8] {
        &self.members[member].said
    }

    fn read(&mut self, number: usize) -> Result<()> {
        let member = &mut self.members[number];
        let Some(socket) = &mut member.socket else {
            return Ok(());
        };
        loop {
            let count = match socket.read(&mut self.buffer[MARGIN..]) {
                Ok(0) => {
                    member.socket = None;
                    self.counting -= usize::from(member.counts && member.listens);
                    return Ok(());
                }
                Ok(count) => count,
                Err(fault) if fault.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(fault) if fault.kind() == ErrorKind::Interrupted => continue,
                Err(fault) if fault.kind() == ErrorKind::ConnectionReset => {
                    member.socket = None;
                    self.counting -= usize::from(member.counts && member.listens);
                    return Ok(());
                }
                Err(fault) => return Err(fault.into()),
            };
            self.bytes += count as u64;
            let begin = MARGIN - member.tail_length;
            self.buffer[begin..MARGIN].copy_from_slice(&member.tail[..member.tail_length]);
            let came = &self.buffer[begin..MARGIN + count];
            if member.counts {
                for _ in self.mark.find_iter(came) {
                    if let Some(reached) = self.reached.get_mut(member.marks) {
                        *reached += 1;
                    }
                    member.marks += 1;
                }
            } else {
                let fresh = &self.buffer[MARGIN..MARGIN + count];
                member.said.extend_from_slice(fresh);
                let over = member.said.len().saturating_sub(SAID);
                member.said.drain(..over);
            }
            member.tail_length = came.len().min(self.mark_length - 1);
            let tail = &came[came.len() - member.tail_length..];
            member.tail[..member.tail_length].copy_from_slice(tail);
            // Less than there is room for: nothing more is there, and we are told when there is.
            if count < BUFFER {
                return Ok(());
            }
        }
    }
}
