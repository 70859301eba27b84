// A dialog whose module is loaded when it is first opened: most who look at the floor never do.

/**
 * `make()` loads the module and makes the view.
 * @param {() => Promise<any>} make
 */
export function onDemand(make) {
  let view = null;
  let loading = null;
  const load = async () => {
    loading ??= make();
    try {
      view = await loading;
    } catch {
      // Without a link there is nothing to load it from; the page says so itself. The next tap tries again.
      loading = null;
    }
    return view;
  };
  return {
    async open(...args) {
      (await load())?.open(...args);
    },
    /** Loads it ahead, so that it opens also where there is no link any more. */
    load,
    render(page) {
      view?.render?.(page);
    },
    flush() {
      view?.flush?.();
    },
    forget() {
      return view?.forget?.() ?? [];
    },
    /** The view, once it is loaded. */
    now: () => view,
  };
}
