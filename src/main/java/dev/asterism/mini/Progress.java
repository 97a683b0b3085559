package dev.asterism.mini;

/** Hears, line by line, what is being done. */
public interface Progress {
  /** A new step of the whole. */
  void step(int number, int of, String what);

  /** Something about one node. */
  void node(String name, String what);

  /** Something out of order that a person should know. */
  void note(String what);
}
