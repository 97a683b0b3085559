package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeNamesTest {
  @Test
  void writesAProvidersSpellingAsKubernetesDoes() throws Exception {
    assertEquals("worker-1", NodeNames.normalize("worker-1"));
    assertEquals("constell-worker-1", NodeNames.normalize("Constell_Worker_1"));
    assertEquals("ip-10-0-0-1.ec2.internal", NodeNames.normalize("ip-10-0-0-1.ec2.internal"));
  }

  @Test
  void refusesWhatIsNoName() {
    for (String name :
        List.of("", "-a", "a-", "_a", ".", "..", "a..b", "a/b", "../a", "a b", "ä", "a\n", "a,b")) {
      assertThrows(MalformedException.class, () -> NodeNames.normalize(name), name);
    }
    assertThrows(MalformedException.class, () -> NodeNames.normalize("a".repeat(254)));
  }

  @Test
  void takesTheLongestName() throws Exception {
    assertEquals("a".repeat(253), NodeNames.normalize("a".repeat(253)));
  }
}
