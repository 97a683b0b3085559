package dev.asterism.testing.hostile;

/** One way to be a nuisance, again and again. */
@FunctionalInterface
interface Attack {
  /** Begins, and goes on until the other side ends it; whatever is thrown is the end, too. */
  void once() throws Exception;
}
