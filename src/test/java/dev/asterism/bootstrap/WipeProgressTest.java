package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WipeProgressTest {
  @Test
  void eachTenthIsSaidOnceHoweverManyPiecesThereAre() {
    var said = new ArrayList<Integer>();
    var progress = new WipeProgress(said::add);
    for (int piece = 0; piece <= 100_000; piece++) {
      progress.accept(piece / 100_000.0);
    }
    assertEquals(List.of(0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100), said);
  }
}
