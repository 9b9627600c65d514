/** What is made of the configuration in force: made once for each, since 20,000 subnets take a while. */
export function onceOf<From, Made>(current: () => From, make: (from: From) => Made): () => Made {
  let known: { readonly from: From; readonly made: Made } | null = null;
  return () => {
    const from = current();
    if (known?.from !== from) known = { from, made: make(from) };
    return known.made;
  };
}
