// The daemon's own English sentences, in the reader's language: as the daemon itself says them (words/causes.rs has the same tests).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causesOf, read } from '../../src/floor/console/causes.js';
import { fluentTexts } from '../../src/floor/console/texts.js';
import { causes, table } from './tables.mjs';
import { lostWords } from '../../src/floor/console/reason.js';
import { Words } from '../../src/floor/console/words.js';

const CHINESE = ['zh-Hans', 'zh-Hant'];
const of = (language) => causesOf(language, causes('en'), causes(language));

test('a cause is said in the readers language, with what it names', () => {
  const said = 'the duty log /var/lib/surged/surged.db takes nothing: the disk is full, or a quota is used up; free some room, it goes on by itself';
  assert.equal(of('zh-Hans')(said), '值班日志 /var/lib/surged/surged.db 无法写入：磁盘已满，或配额已用完；请腾出空间，之后会自行恢复');
  assert.equal(of('zh-Hant')('the exchange is rebooting'), 'the exchange is rebooting', 'what others have written stays');
});

test('each text of the table is known again by itself', () => {
  const english = fluentTexts('en', causes('en'));
  const lines = causes('en').split('\n').filter((line) => line.startsWith('cause-'));
  assert.ok(lines.length > 50);
  for (const language of CHINESE) {
    const say = of(language);
    const own = fluentTexts(language, causes(language));
    for (const line of lines) {
      const { key, gaps } = read(line);
      const values = Object.fromEntries(gaps.map((gap) => [gap, '<x>']));
      assert.equal(say(english[`cause.${key}`](values)), own[`cause.${key}`](values), `${language} ${key}`);
    }
  }
});

test('why a phone system cannot be seen is not told in English on a Chinese page', () => {
  const lost = { lost: 'source_lost', why: 'it says that it has lost sight of its queues' };
  for (const [language, says] of [['zh-Hans', '它表示已看不到自己的队列'], ['zh-Hant', '它表示已看不到自己的佇列'], ['en', lost.why]]) {
    const words = new Words(language, table(language), { causes: language === 'en' ? null : of(language) });
    assert.equal(lostWords(words, lost), says);
  }
});
