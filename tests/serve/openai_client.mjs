// OpenAI's own client for Node against a server that runs, by hand (openai_client.py starts it):
// Arguments: the folder that npm installed into, the server's address, a recording.
import assert from "node:assert";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [folder, url, recording] = process.argv.slice(2);
const OpenAI = createRequire(path.resolve(folder, "x.js"))("openai");
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none" });
const file = () => fs.createReadStream(recording);

const names = [];
for await (const model of client.models.list()) names.push(model.id);
assert(names.includes("tiny.en"), names.join());

const whole = await client.audio.transcriptions.create({ model: "whisper-1", file: file() });
const verbose = await client.audio.transcriptions.create({
  model: "whisper-1", file: file(), response_format: "verbose_json",
  timestamp_granularities: ["word", "segment"],
});
assert(verbose.words.length > 0 && verbose.segments.length > 0);
assert.equal(verbose.text, whole.text);

const srt = await client.audio.transcriptions.create({
  model: "whisper-1", file: file(), response_format: "srt",
});
assert(srt.startsWith("1\n00:00:0"), srt.slice(0, 40));

let last;
for await (const event of await client.audio.transcriptions.create({
  model: "whisper-1", file: file(), stream: true,
})) last = event;
assert.equal(last.type, "transcript.text.done");
assert.equal(last.text, whole.text);

await assert.rejects(client.models.retrieve("nothing"), OpenAI.NotFoundError);
await assert.rejects(
  client.audio.transcriptions.create({ model: "nothing-like-it", file: file() }),
  OpenAI.NotFoundError);
console.log("openai for Node: transcription, words, subtitles, events and errors are good");
