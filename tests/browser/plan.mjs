// The written plan by day, with windows of seconds, so that a whole surge fits into a minute.

const CARDS = `
[queue.cards]
ladder = "day"
label = { en = "Cards", zh-Hans = "信用卡", zh-Hant = "信用卡" }
`;

/** The names of a floor with many queues, and what people call them. */
export function crowd(many) {
  return Array.from({ length: many }, (_, i) => ({ queue: `q${String(i + 1).padStart(2, '0')}`, label: [`Branch ${i + 1}`, `网点 ${i + 1}`, `網點 ${i + 1}`] }));
}

/** `many`: so many more queues, `q01` and on, those of the later numbers with the higher priority. */
export function plan(feed, { listen = '127.0.0.1:0', cards = false, name = 'Hotline', mode = 'live', many = 0 } = {}) {
  const more = crowd(many).map(({ queue, label: [en, hans, hant] }, i) => `[queue.${queue}]\nladder = "day"\npriority = ${i}\nlabel = { en = "${en}", zh-Hans = "${hans}", zh-Hant = "${hant}" }\n`).join('');
  return `
time_zone = "Asia/Shanghai"

[feed.hotline]
kind = "json"
url = "${feed}"
stale_after = "8s"
forget_after = "2m"

[floor]
listen = "${listen}"
physical_seats = 60

[journal]
path = "surged.db"

[[chain]]
role = "supervisor"
respond_within = "6s"
[[chain]]
role = "shift_leader"
respond_within = "10m"
[[chain]]
role = "manager"
respond_within = "10m"

[pool.expert]
people = ["E01", "E02", "E03", "E04"]
[pool.outbound]
size = 12
keep = 4
own_desk = true
[pool.quality]
size = 6
[pool.back_office]
size = 8

[queue.inbound]
ladder = "day"
target = { answered = 0.9, within = "20s" }
mode = "${mode}"
label = { en = "${name}", zh-Hans = "热线", zh-Hant = "熱線" }
${cards ? CARDS : ''}${more}
[ladder.day]
settle_within = "10m"
stand_down_after = "1s"
[[ladder.day.tier]]
name = "expert"
pool = "expert"
seats = "all"
when = { waiting_above = 5, for = "3s" }
[[ladder.day.tier]]
name = "outbound"
pool = "outbound"
seats = { min = 2, max = 3 }
when = { waiting_above = 5, for = "4s" }
[[ladder.day.tier]]
name = "quality"
pool = "quality"
seats = { min = 2, max = 3 }
when = { waiting_above = 5, for = "4s" }
[[ladder.day.tier]]
name = "back_office"
pool = "back_office"
seats = { min = 2, max = 3 }
when = { waiting_above = 10, for = "0s" }
[ladder.day.release]
when = { waiting_at_most = 5, for = "2s" }
`;
}
