/** The words that several skills share. Short words, so that each becomes one token. */

export const women = ["Anna", "Lucy", "Mary", "Ruth", "Eva", "Jane"] as const;
export const men = ["Tom", "Ben", "Max", "Paul", "Sam", "Dan"] as const;
export const people: readonly string[] = [...women, ...men];

export const days = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

export const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

export const letters: readonly string[] = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

export const numberWords = [
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
] as const;

/** Numbers in digits go from 1 to this one; every one of them is a single token. */
export const largestNumber = 64;

export const colors = [
  "red",
  "blue",
  "green",
  "white",
  "black",
  "yellow",
  "brown",
  "gray",
] as const;

/** Small things that people put, move and give. */
export const objects = ["ball", "cup", "key", "book", "hat", "coin", "pen", "ring"] as const;

/** Containers in which a small thing can lie. */
export const containers = ["box", "bag", "jar", "car", "sack", "pot", "basket"] as const;

/** Places where people go. */
export const places = ["park", "shop", "hall", "garden", "school", "barn"] as const;

/** What people like to eat and drink. */
export const treats = ["tea", "milk", "jam", "bread", "cake", "soup"] as const;

/** From the smallest to the largest. */
export const animalsBySize = [
  "ant",
  "bee",
  "mouse",
  "hen",
  "cat",
  "dog",
  "pig",
  "bear",
  "cow",
  "whale",
] as const;

/** Each word with its opposite. */
export const oppositePairs = [
  ["hot", "cold"],
  ["big", "small"],
  ["open", "shut"],
  ["wet", "dry"],
  ["full", "empty"],
  ["old", "new"],
  ["fast", "slow"],
  ["hard", "soft"],
  ["light", "dark"],
  ["high", "low"],
  ["long", "short"],
  ["clean", "dirty"],
] as const;

/** Words for texts whose content is random: lists to copy, patterns, pairs to look up. */
export const listWords: readonly string[] = [
  ...colors,
  ...objects,
  ...treats,
  "dog",
  "cat",
  "cow",
  "hen",
  "pig",
  "bee",
  "sun",
  "snow",
  "grass",
  "fish",
];
