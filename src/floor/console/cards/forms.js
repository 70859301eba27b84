// The forms of an answer: how many or who, why not, who has left, why it goes up.

import { h, icon } from '../dom.js';
import { doneMessage, leftMessage, named } from './answer.js';
import { refusalWords } from '../reason.js';

export const REASONS = {
  cannot: ['nobody_free', 'on_break', 'needed_there', 'absent', 'no_seat'],
  keep: ['still_busy', 'more_to_come', 'own_work_quiet'],
  left: ['shift_over', 'taken_back', 'unwell', 'on_break'],
  no: ['eases', 'enough_coming', 'needed_there', 'no_seat'],
  quiet: ['quiet_known', 'quiet_in_hand', 'quiet_test'],
};

const SEATS_LIMIT = 200;

export function answerForm(page, instruction, answer) {
  switch (answer.form) {
    case 'done': return doneForm(page, instruction, answer);
    case 'cannot': return cannotForm(page, instruction, answer);
    case 'no': return noForm(page, answer);
    case 'left': return leftForm(page, instruction.people ?? [], answer, (message) => answer.later(message));
    default: return upForm(page, answer);
  }
}

function doneForm(page, instruction, answer) {
  const { words } = page;
  const { draft } = answer;
  return form(words.t(named(instruction) ? 'form.done' : 'form.done_many'), () => answer.later(doneMessage(instruction, draft)),
    named(instruction)
      ? checks(page, answer, instruction.people, draft.people)
      : stepper(page, answer, 'seats', words.t('form.how_many'), 0),
    line(answer, 'note', words.t('form.note')),
    h('button', { type: 'submit', class: 'done', 'data-k': `${answer.id}-send` }, words.t('form.report')));
}

function cannotForm(page, instruction, answer) {
  const { words } = page;
  const reasons = instruction.action === 'sign_out' ? REASONS.keep : REASONS.cannot;
  const say = (reason) => answer.later({ type: 'decline', reason });
  return form(words.t('form.cannot'), () => answer.draft.reason.trim() && say(answer.draft.reason.trim()),
    touch(answer, reasons, words, say),
    line(answer, 'reason', words.t('form.own_words'), true),
    h('button', { type: 'submit', 'data-k': `${answer.id}-send` }, words.t('form.send')));
}

function noForm(page, answer) {
  const { words } = page;
  const say = (reason) => answer.later({ type: 'refuse', reason });
  return form(words.t('form.no'), () => answer.draft.reason.trim() && say(answer.draft.reason.trim()),
    touch(answer, REASONS.no, words, say),
    line(answer, 'reason', words.t('form.own_words'), true),
    h('button', { type: 'submit', 'data-k': `${answer.id}-send` }, words.t('form.send')));
}

/** Who has left a move; also used from the step that they stood on. `send` gets the message without its instruction. */
export function leftForm(page, people, answer, send) {
  const { words } = page;
  const tell = (reason) => {
    const message = leftMessage(people, answer.draft, reason);
    if (message) send(message);
    else answer.missing('nobody_picked');
  };
  return form(words.t(people.length > 0 ? 'form.left' : 'form.left_many'), () => (answer.draft.reason.trim() ? tell(answer.draft.reason.trim()) : answer.missing('reason_missing')),
    answer.error && h('p', { class: 'flag', role: 'alert' }, icon('cross'), refusalWords(words, answer.error)),
    people.length > 0 ? checks(page, answer, people, answer.draft.gone) : stepper(page, answer, 'left', words.t('form.how_many'), 1),
    touch(answer, REASONS.left, words, tell),
    line(answer, 'reason', words.t('form.own_words'), true),
    h('button', { type: 'submit', 'data-k': `${answer.id}-send` }, words.t('form.send')));
}

function upForm(page, answer) {
  const { words } = page;
  return form(words.t('form.up'), () => answer.later({ type: 'escalate', note: answer.draft.note.trim() }),
    line(answer, 'note', words.t('form.why')),
    h('button', { type: 'submit', 'data-k': `${answer.id}-send` }, words.t('act.up')));
}

function form(title, submit, ...children) {
  return h('form', { class: 'form', 'aria-label': title, on: { submit: (event) => { event.preventDefault(); submit(); } } },
    h('p', { class: 'form-title' }, title), children);
}

function touch(answer, reasons, words, act) {
  return h('div', { class: 'touch' }, reasons.map((reason) => h('button', { type: 'button', 'data-k': `${answer.id}-${reason}`, on: { click: () => act(words.t(`why.${reason}`)) } }, words.t(`why.${reason}`))));
}

function checks(page, answer, people, picked) {
  return h('div', { class: 'checks' }, people.map((person) => h('label', {},
    h('input', {
      type: 'checkbox',
      checked: picked.has(person),
      'data-k': `${answer.id}-who-${person}`,
      on: { change: ({ target }) => { picked[target.checked ? 'add' : 'delete'](person); page.changed(); } },
    }), person)));
}

function stepper(page, answer, field, name, least) {
  const { draft } = answer;
  const by = (n) => () => {
    draft[field] = Math.min(SEATS_LIMIT, Math.max(least, draft[field] + n));
    page.changed();
  };
  return h('div', { class: 'stepper', role: 'group', 'aria-label': name },
    h('button', { type: 'button', 'aria-label': `${name} −1`, 'data-k': `${answer.id}-less`, on: { click: by(-1) } }, '−'),
    h('output', { 'aria-live': 'polite' }, draft[field]),
    h('button', { type: 'button', 'aria-label': `${name} +1`, 'data-k': `${answer.id}-more`, on: { click: by(1) } }, '+'));
}

function line(answer, field, name, needed = false) {
  return h('input', {
    type: 'text',
    value: answer.draft[field],
    placeholder: name,
    'aria-label': name,
    maxlength: 300,
    required: needed,
    'data-k': `${answer.id}-${field}`,
    on: { input: ({ target }) => { answer.draft[field] = target.value; } },
  });
}
