// How often, and how long.

/** How often a second the work is done. */
export async function rate(seconds, work) {
  await work();
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < seconds * 1000) {
    await work();
    count += 1;
  }
  return (count * 1000) / (performance.now() - start);
}

/** Rates of several, in the same row. */
export async function row(what, seconds, works) {
  const rates = {};
  for (const [name, work] of Object.entries(works)) rates[name] = await rate(seconds, work);
  return { what, rates };
}
