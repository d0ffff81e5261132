/** Looking up what followed earlier in the same text; the content is random every time. */

import type { Random } from "./random.ts";
import type { Draft, Skill } from "./skill.ts";
import { colors, letters, listWords, people, treats } from "./vocabulary.ts";

/**
 * `A: red. B: blue. B: blue. A: red.` Short tables are asked through twice: the circuit that binds a
 * value to its key forms late, and the more questions there are, the sooner.
 */
function lookUp(random: Random): Draft {
  const count = random.pick([2, 2, 2, 3, 3, 4, 5]);
  const keys = random.sample(random.chance(0.6) ? letters : people, count);
  const values = random.sample(random.chance(0.5) ? colors : listWords, count);
  const order = keys.map((_, i) => i);
  const asked = random.sample(order, count);
  if (count <= 3) asked.push(...random.sample(order, count));
  const shown = keys.map((key, i) => `${key}: ${values[i]}.`).join(" ");
  const answers = asked.map((i) => ` ${keys[i]}:< ${values[i]}>.`).join("");
  return { key: `look ${keys.join(" ")} ${values.join(" ")}`, marked: shown + answers };
}

/** `Anna likes tea. Tom likes milk. Anna likes tea. Who likes milk? Tom.` */
function preference(random: Random): Draft {
  const count = random.between(2, 4);
  const names = random.sample(people, count);
  const liked = random.sample(random.chance(0.6) ? treats : listWords, count);
  const shown = names.map((name, i) => `${name} likes ${liked[i]}.`).join(" ");
  const questions = random.sample(names.map((_, i) => i), count).map((i) =>
    random.pick([
      ` ${names[i]} likes< ${liked[i]}>.`,
      ` What ${names[i]} likes is< ${liked[i]}>.`,
      ` Who likes ${liked[i]}?< ${names[i]}>.`,
    ])
  );
  const key = `likes ${names.join(" ")} ${liked.join(" ")}`;
  return { key, marked: shown + questions.join("") };
}

/** `Pattern: red, blue, red, blue, red.` with a period of two to four words. */
function pattern(random: Random): Draft {
  const form = random.pick(["ab", "abc", "abc", "abcd", "aab", "abb"]);
  const words = random.sample(listWords, form.length);
  const period = [...form].map((sign) => words[sign.charCodeAt(0) - 97]);
  const length = period.length + random.between(3, period.length + 3);
  let marked = "Pattern:";
  for (let i = 0; i < length; i++) {
    const word = period[i % period.length];
    const comma = i === 0 ? "" : ",";
    // The first repeated word could still be a new one; what follows it cannot.
    marked += i <= period.length ? `${comma} ${word}` : `${comma}< ${word}>`;
  }
  return { key: `pattern ${period.join(" ")}`, marked: `${marked}.` };
}

export const induction: Skill = {
  weight: 10,
  drafts: [1, 1],
  draft: (random) => {
    const kind = random.below(10);
    return kind < 4 ? lookUp(random) : kind < 7 ? preference(random) : pattern(random);
  },
};
