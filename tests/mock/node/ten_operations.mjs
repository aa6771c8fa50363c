// Ten operations with the official Node client, typed and streaming; prints what it saw as one line of JSON.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.MOCK_KEY, maxRetries: 0 });
const model = "gpt-5-mini";
const seen = {};

// 1 create, 2 retrieve
const first = await client.responses.create({ model, input: "My parcel is 4417." });
const read = await client.responses.retrieve(first.id);
seen.same = read.output_text === first.output_text && read.status === "completed";

// 3 chain
const second = await client.responses.create({ model, input: "What is my parcel?", previous_response_id: first.id });
seen.chained = second.output_text;

// 4 stream, 5 the stream helper
let deltas = "";
let last;
for await (const event of await client.responses.create({ model, input: "Count to 50.", stream: true })) {
  if (event.type === "response.output_text.delta") deltas += event.delta;
  last = event;
}
seen.streamed = last.type === "response.completed" && last.response.output.at(-1).content[0].text === deltas;
const helper = client.responses.stream({ model, input: "Reply with OK.", reasoning: { summary: "auto" } });
seen.helped = (await helper.finalResponse()).output_text;

// 6 a function call, there and back
const tools = [{
  type: "function", name: "depth_at", description: "Depth of a port", strict: true,
  parameters: {
    type: "object", properties: { port: { type: "string" } }, required: ["port"], additionalProperties: false,
  },
}];
const called = await client.responses.create({ model, input: "Call depth_at for port Zorvik.", tools });
const call = called.output.find((item) => item.type === "function_call");
const answered = await client.responses.create({
  model, tools, previous_response_id: called.id,
  input: [{ type: "function_call_output", call_id: call.call_id, output: '{"depth": 41}' }],
});
seen.called = [JSON.parse(call.arguments), answered.output_text];

// 7 a schema
const parsed = await client.responses.parse({
  model, input: "Extract: name is Zorvik, depth: 41.",
  text: {
    format: {
      type: "json_schema", name: "port", strict: true,
      schema: {
        type: "object", properties: { name: { type: "string" }, depth: { type: "integer" } },
        required: ["name", "depth"], additionalProperties: false,
      },
    },
  },
});
seen.parsed = JSON.parse(parsed.output_text);

// 8 input items, by page
const items = [];
for await (const item of client.responses.inputItems.list(second.id, { limit: 1, order: "asc" })) items.push(item.type);
seen.items = items;

// 9 background, polled, then streamed again from the middle
let waiting = await client.responses.create({ model, input: "Reply with OK.", background: true });
const statuses = [waiting.status];
while (waiting.status === "queued" || waiting.status === "in_progress") {
  waiting = await client.responses.retrieve(waiting.id);
  statuses.push(waiting.status);
}
seen.background = [statuses[0], statuses.at(-1), waiting.output_text];
const resumable = await client.responses.create({ model, input: "Reply with OK.", background: true, stream: true });
let id;
for await (const event of resumable) if (event.type === "response.created") id = event.response.id;
const numbers = [];
for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: 2 })) {
  numbers.push(event.sequence_number);
}
seen.resumed = numbers[0];

// 10 delete; and the refusals as the client's own exceptions
await client.responses.delete(second.id);
const refused = async (promise) => promise.then(() => "answered", (error) => `${error.constructor.name} ${error.status}`);
seen.refused = [
  await refused(client.responses.retrieve(second.id)),
  await refused(client.responses.create({ model: "nobody", input: "Hi" })),
  await refused(client.responses.create({ model, input: "Hi", temperature: 1 })),
  await refused(client.withOptions({ apiKey: "wrong" }).responses.create({ model, input: "Hi" })),
];
console.log(JSON.stringify(seen));
