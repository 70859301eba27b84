//! What is open on the floor: each matter once.

use crate::journal::{Item, ItemKind};
use crate::wire::{MoveState, OpenInstruction, QueueState};
use std::sync::Arc;

/// Everything that a shift must settle or hand over by name, queue by queue. An instruction and the people whom it moved are one
/// matter under one key: unanswered first, then people to send back.
pub fn open_items(queues: &[Arc<QueueState>], open: &[Arc<OpenInstruction>]) -> Vec<Item> {
    let mut items = Vec::new();
    for queue in queues {
        let instructions = open.iter().filter(|it| it.instruction.queue == queue.queue);
        items.extend(instructions.map(|it| unanswered(it)));
        items.extend(queue.approval.as_ref().map(|approval| Item {
            key: format!("approval-{}-{}", queue.queue, approval.tier),
            action: Some(approval.action),
            tier: Some(approval.tier.clone()),
            seats: Some(approval.seats.ask),
            at: Some(approval.since.0),
            ..item(ItemKind::Approval, queue)
        }));
        // Whoever is on the way back is so by an instruction of its own, open or about to end of itself.
        let moves = queue
            .moves
            .iter()
            .filter(|it| !it.shadow && open.iter().all(|open| open.instruction.id != it.instruction));
        items.extend(moves.map(|it| out_of_place(queue, it)));
        items.extend(held_back(queue));
    }
    items
}

fn item(kind: ItemKind, queue: &QueueState) -> Item {
    Item {
        key: format!("{}-{}", kind.as_str(), queue.queue),
        kind,
        queue: queue.queue.clone(),
        instruction: None,
        action: None,
        tier: None,
        seats: None,
        note: None,
        at: None,
    }
}

fn unanswered(open: &OpenInstruction) -> Item {
    let it = &open.instruction;
    Item {
        key: format!("instruction-{}", it.id),
        kind: ItemKind::Instruction,
        queue: it.queue.clone(),
        instruction: Some(it.id),
        action: Some(it.action),
        tier: Some(it.tier.clone()),
        seats: Some(it.seats.ask),
        note: None,
        at: Some(it.at.0),
    }
}

fn out_of_place(queue: &QueueState, it: &MoveState) -> Item {
    Item {
        key: format!("instruction-{}", it.instruction),
        instruction: Some(it.instruction),
        action: Some(it.action),
        tier: Some(it.tier.clone()),
        seats: Some(it.seats),
        at: Some(it.issued.0),
        ..item(ItemKind::Move, queue)
    }
}

fn held_back(queue: &QueueState) -> impl Iterator<Item = Item> {
    let pause = queue.paused.as_ref().map(|pause| Item {
        note: Some(pause.reason.clone()),
        at: Some(pause.until.0),
        ..item(ItemKind::Pause, queue)
    });
    let incident = queue.incident.as_ref().map(|incident| Item {
        note: Some(incident.note.clone()),
        at: Some(incident.until.0),
        ..item(ItemKind::Incident, queue)
    });
    let blind = queue.blind.then(|| Item {
        at: queue.blind_since.map(|since| since.0),
        ..item(ItemKind::Blind, queue)
    });
    [pause, incident, blind].into_iter().flatten()
}
