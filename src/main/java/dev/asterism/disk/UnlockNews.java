package dev.asterism.disk;

/** Hears, in one line each, what stands in the way of a disk's key. */
@FunctionalInterface
public interface UnlockNews {
  /** It may come yet. */
  void waiting(String why);

  /** Whoever could be asked said no; asking goes on, since an admin may change that. */
  default void refused(String why) {
    waiting(why);
  }
}
