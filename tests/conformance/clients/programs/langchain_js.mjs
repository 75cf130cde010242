// LangChain.js: OpenAIAssistantRunnable, alone and as an agent whose tool is called.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DynamicStructuredTool } from '@langchain/core/tools';
import { AgentExecutor } from 'langchain/agents';
import { OpenAIAssistantRunnable } from 'langchain/experimental/openai_assistant';
import { z } from 'zod';

const did = (what) => console.log(`did: ${what}`);
console.log(`version: ${JSON.parse(readFileSync('node_modules/langchain/package.json', 'utf8')).version}`);
const clientOptions = { baseURL: process.env.OPENAI_BASE_URL, apiKey: process.env.OPENAI_API_KEY };

const assistant = await OpenAIAssistantRunnable.createAssistant({ model: 'gpt-4o', clientOptions });
const messages = await assistant.invoke({ content: 'Hello' });
assert(messages[0].content[0].text.value);
did('an assistant made and asked');
const again = await assistant.invoke({ content: 'Hello again', threadId: messages[0].thread_id });
assert.equal(again.length >= 1, true);
did('its thread asked on');
assert.equal((await assistant.modifyAssistant({ name: 'Tutor' })).name, 'Tutor');

let asked = '';
const weather = new DynamicStructuredTool({
  name: 'get_weather',
  description: 'The weather in a city.',
  schema: z.object({ city: z.string() }),
  func: async ({ city }) => {
    asked = city;
    return 'Sunny, 21 °C.';
  },
});
const agent = await OpenAIAssistantRunnable.createAssistant({
  model: 'gpt-4o',
  tools: [weather],
  asAgent: true,
  clientOptions,
});
const executor = AgentExecutor.fromAgentAndTools({ agent, tools: [weather] });
const answer = await executor.invoke({ content: 'What is the weather in Paris?' });
assert.equal(asked, 'Paris');
assert(JSON.stringify(answer.output).includes('Sunny'));
did('an agent whose tool was called');

const coder = await OpenAIAssistantRunnable.createAssistant({
  model: 'gpt-4o',
  tools: [{ type: 'code_interpreter' }],
  clientOptions,
});
const computed = await coder.invoke({ content: 'Compute and plot.' });
const parts = computed[0].content;
if (parts.length > 1) {
  assert.deepEqual(parts.map((part) => part.type), ['image_file', 'text']);
  assert(parts[1].text.value.includes('42'));
  did('code run, with a picture');
}
for (const each of [assistant, agent, coder]) assert((await each.deleteAssistant()).deleted);
did('the assistants deleted');
