package dev.asterism.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** When whoever runs dies, as by a power cut; each death once, in order. */
public final class Deaths {
  /** Nothing that follows is done. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final Deque<Object> next = new ArrayDeque<>();
  private final Set<Object> died = new HashSet<>();

  /** One to three of these places; each has its round in which it is the first. */
  public static Deaths among(List<?> places, int round, Random random) {
    var deaths = new Deaths();
    deaths.next.add(places.get(round % places.size()));
    for (int i = random.nextInt(3); i > 0; i--) {
      deaths.next.add(places.get(random.nextInt(places.size())));
    }
    return deaths;
  }

  /** Dies if this is the place of the next death. */
  public synchronized void reached(Object place) {
    if (place.equals(next.peek())) {
      next.remove();
      died.add(place);
      throw new Killed();
    }
  }

  /** Nobody dies any more; says where somebody did. */
  public synchronized Set<Object> end() {
    next.clear();
    return Set.copyOf(died);
  }

  @Override
  public synchronized String toString() {
    return "deaths at " + next;
  }
}
