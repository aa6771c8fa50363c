// Ten operations with the AI SDK, which reads the wire with code of its own; prints what it saw as one line of JSON.
import { createOpenAI } from "@ai-sdk/openai";
import { generateObject, generateText, streamObject, streamText, tool, stepCountIs } from "ai";
import { z } from "zod";

const openai = createOpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.MOCK_KEY });
const model = openai.responses("gpt-5-mini");
const common = { model, maxRetries: 0 };
const seen = {};

// 1 create, 2 chain
const first = await generateText({ ...common, prompt: "My parcel is 4417." });
const previousResponseId = first.providerMetadata.openai.responseId;
const second = await generateText({
  ...common, prompt: "What is my parcel?", providerOptions: { openai: { previousResponseId } },
});
seen.chained = second.text;

// 3 instructions, 4 the bill
seen.system = (await generateText({ ...common, system: "Reply with exactly: AYE", prompt: "Hi" })).text;
seen.usage = first.usage.totalTokens === first.usage.inputTokens + first.usage.outputTokens;

// 5 stream
const stream = streamText({ ...common, prompt: "Count to 5." });
let streamed = "";
for await (const piece of stream.textStream) streamed += piece;
seen.streamed = [streamed, await stream.finishReason];

// 6 reasoning, streamed and sealed, carried by hand
const sealed = { openai: { store: false, reasoningSummary: "auto", include: ["reasoning.encrypted_content"] } };
const secret = { role: "user", content: "Think of a secret number and keep it to yourself. Reply with OK." };
const kept = streamText({ ...common, messages: [secret], providerOptions: sealed });
await kept.consumeStream();
const messages = [secret, ...(await kept.response).messages, { role: "user", content: "What was the number that you chose?" }];
seen.reasoning = (await kept.reasoningText).length > 0;
seen.carried = /^My number is \d+/.test((await generateText({ ...common, messages, providerOptions: sealed })).text);

// 7 a function, called and answered in one go
const tools = {
  depth_at: tool({
    description: "Depth of a port", inputSchema: z.object({ port: z.string() }), execute: async () => ({ depth: 41 }),
  }),
};
const called = await generateText({ ...common, tools, prompt: "Call depth_at for port Zorvik.", stopWhen: stepCountIs(3) });
seen.called = [called.steps[0].toolCalls[0].input, called.text];

// 8 a schema, plain and streamed
const schema = z.object({ name: z.string(), depth: z.number() });
const prompt = "Extract: name is Zorvik, depth: 41.";
seen.parsed = (await generateObject({ ...common, schema, prompt })).object;
const parts = streamObject({ ...common, schema, prompt });
for await (const part of parts.partialObjectStream) seen.parsedStream = part;

// 9 cut by its limit
const cut = await generateText({
  ...common, prompt: "Count to 500.", maxOutputTokens: 40, providerOptions: { openai: { reasoningEffort: "low" } },
});
seen.cut = cut.finishReason;

// 10 refusals
const refused = (promise) => promise.then(() => "answered", (error) => error.statusCode);
seen.refused = [
  await refused(generateText({ ...common, model: openai.responses("nobody"), prompt: "Hi" })),
  await refused(generateText({ ...common, prompt: "Hi", providerOptions: { openai: { previousResponseId: "resp_0" } } })),
  await refused(generateText({ ...common, model: createOpenAI({ baseURL: process.env.BASE_URL, apiKey: "no" })("gpt-5-mini"), prompt: "Hi" })),
];
console.log(JSON.stringify(seen));
