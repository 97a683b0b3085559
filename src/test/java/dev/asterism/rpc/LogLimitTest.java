package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

class LogLimitTest {
  private final List<String> lines = new ArrayList<>();
  private long now;

  private final System.Logger log =
      new System.Logger() {
        @Override
        public String getName() {
          return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
          return level != Level.DEBUG;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String line, Throwable thrown) {
          lines.add(line);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String line, Object... values) {
          lines.add(line);
        }
      };

  @Test
  void leavesOutWhatIsTooMuchAndSaysHowMuch() {
    var limit = new LogLimit(log, new PeerLimits.Rate(1, 2), () -> now);
    for (int i = 0; i < 10; i++) {
      int number = i;
      limit.log(Level.INFO, () -> "line " + number);
      limit.log(Level.DEBUG, () -> "not for this log");
    }
    assertEquals(List.of("line 0", "line 1"), lines);
    now += 1_000_000_000L;
    limit.log(Level.INFO, () -> "later");
    assertEquals("later (8 such lines left out)", lines.getLast());
    now += 1_000_000_000L;
    limit.log(Level.INFO, () -> "last");
    assertEquals("last", lines.getLast());
  }
}
