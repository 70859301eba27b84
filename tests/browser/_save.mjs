import { writeFileSync } from 'node:fs';
import { demo } from './floor.mjs';
const d = await demo(1); for (const f of ['page.js','main.js','page.css']) writeFileSync('/tmp/A/'+f, await (await fetch(d.url+f)).text()); d.stop();
