// OpenAI's own client for Node: every kind of run, streamed with its events and polled. Version 4 orders ids otherwise.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import OpenAI, { toFile } from 'openai';

const version = JSON.parse(readFileSync('node_modules/openai/package.json', 'utf8')).version;
const old = Number(version.split('.')[0]) < 5;
const client = new OpenAI();
const { assistants, threads } = client.beta;
const vectorStores = client.vectorStores ?? client.beta.vectorStores;
const did = (what) => console.log(`did: ${what}`);
const ofRun = (method, run, ...rest) =>
  old
    ? threads.runs[method](run.thread_id, run.id, ...rest)
    : threads.runs[method](run.id, { thread_id: run.thread_id, ...rest[0] });
const remove = (resource, id) => (resource.delete ? resource.delete(id) : resource.del(id));

const tool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const outputsOf = (run) =>
  run.required_action.submit_tool_outputs.tool_calls.map((call) => {
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Paris' });
    return { tool_call_id: call.id, output: 'Sunny, 21 °C.' };
  });

async function streamed(stream) {
  const heard = { said: '', called: [], code: '', logs: '', images: 0 };
  stream
    .on('textDelta', (delta) => (heard.said += delta.value ?? ''))
    .on('toolCallCreated', (call) => heard.called.push(call.type))
    .on('toolCallDelta', (delta) => {
      if (delta.type !== 'code_interpreter') return;
      heard.code += delta.code_interpreter.input ?? '';
      for (const output of delta.code_interpreter.outputs ?? []) heard.logs += output.logs ?? '';
    })
    .on('imageFileDone', () => (heard.images += 1));
  heard.run = await stream.finalRun();
  heard.messages = await stream.finalMessages();
  return heard;
}

console.log(`version: ${version}`);
const assistant = await assistants.create({ model: 'gpt-4o', instructions: 'Be brief.', tools: [tool] });
assert.equal((await assistants.update(assistant.id, { name: 'Tutor' })).name, 'Tutor');
const listed = [];
for await (const each of assistants.list({ limit: 1 })) listed.push(each.id);
assert(listed.includes(assistant.id));
did('assistants made, changed, listed over pages');

const thread = await threads.create({ messages: [{ role: 'user', content: 'Hello' }] });
let heard = await streamed(threads.runs.stream(thread.id, { assistant_id: assistant.id }));
assert(heard.said && heard.run.status === 'completed' && heard.messages.length === 1);
did('a run streamed through its events');

await threads.messages.create(thread.id, { role: 'user', content: 'What is the weather in Paris?' });
let run = await threads.runs.createAndPoll(thread.id, { assistant_id: assistant.id });
assert.equal(run.status, 'requires_action');
run = await ofRun('submitToolOutputsAndPoll', run, { tool_outputs: outputsOf(run) });
assert.equal(run.status, 'completed');
const newest = (await threads.messages.list(thread.id, { limit: 1 })).data[0];
assert(newest.content[0].text.value.includes('Sunny'));
did('a function called, polled');

await threads.messages.create(thread.id, { role: 'user', content: 'And the weather in Paris again?' });
heard = await streamed(threads.runs.stream(thread.id, { assistant_id: assistant.id }));
assert.deepEqual(heard.called, ['function']);
const body = { tool_outputs: outputsOf(heard.run) };
const after = await streamed(ofRun('submitToolOutputsStream', heard.run, body));
assert(after.said.includes('Sunny') && after.run.status === 'completed');
did('a function called, streamed');

const file = await client.files.create({
  file: await toFile(Buffer.from('The lighthouse is turquoise.'), 'lighthouse.txt'),
  purpose: 'assistants',
});
const store = await vectorStores.create({ name: 'Library' });
const batch = await vectorStores.fileBatches.createAndPoll(store.id, { file_ids: [file.id] });
assert.equal(batch.file_counts.completed, 1);
const searcher = await assistants.create({
  model: 'gpt-4o',
  tools: [{ type: 'file_search' }],
  tool_resources: { file_search: { vector_store_ids: [store.id] } },
});
let next = await threads.create({ messages: [{ role: 'user', content: 'What colour is the lighthouse?' }] });
heard = await streamed(threads.runs.stream(next.id, { assistant_id: searcher.id }));
assert.deepEqual(heard.called, ['file_search']);
assert(heard.said.includes('turquoise'));
did('files uploaded, read in a batch, searched in a run');

const coder = await assistants.create({ model: 'gpt-4o', tools: [{ type: 'code_interpreter' }] });
next = await threads.create({ messages: [{ role: 'user', content: 'Compute and plot.' }] });
heard = await streamed(threads.runs.stream(next.id, { assistant_id: coder.id }));
if (heard.called.length) {
  assert(heard.logs.includes('42') && heard.code);
  assert.equal(heard.images, 1);
  did('code run: input, logs and a picture through the events');
}

run = await threads.createAndRunPoll({
  assistant_id: assistant.id,
  thread: { messages: [{ role: 'user', content: 'What is the weather in Paris?' }] },
});
const cancelled = await ofRun('cancel', run);
assert(['cancelling', 'cancelled'].includes(cancelled.status));
did('a thread made and run, cancelled');

await assert.rejects(assistants.retrieve('asst_unknown'), OpenAI.NotFoundError);
for (const each of [assistant, searcher, coder]) assert((await remove(assistants, each.id)).deleted);
did("errors as the client's exceptions; everything deleted");
