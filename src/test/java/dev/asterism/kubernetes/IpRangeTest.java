package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.MalformedException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpRangeTest {
  @ParameterizedTest
  @CsvSource({
    "10.96.0.0/12, 10.96.0.0, true",
    "10.96.0.0/12, 10.111.255.255, true",
    "10.96.0.0/12, 10.112.0.0, false",
    "10.96.0.0/12, 10.95.255.255, false",
    "10.96.0.0/32, 10.96.0.0, true",
    "10.96.0.0/32, 10.96.0.1, false",
    "0.0.0.0/0, 203.0.113.7, true",
    "fd00:10:96::/112, fd00:10:96::ffff, true",
    "fd00:10:96::/112, fd00:10:96::1:0, false",
    "10.96.0.0/12, fd00::1, false",
    "10.96.0.0/12, ::ffff:10.96.0.1, true",
  })
  void holdsWhatBeginsAlike(String range, String address, boolean inside) throws Exception {
    assertEquals(
        inside, IpRange.parse("range", range).getFirst().contains(InetAddress.ofLiteral(address)));
  }

  @Test
  void readsBothRangesOfADualStackCluster() throws Exception {
    assertEquals(2, IpRange.parse("range", "10.96.0.0/12,fd00:10:96::/112").size());
    assertEquals(List.of(), IpRange.parse("range", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.96.0.0", "10.96.0.0/", "/12", "10.96.0.0/33", "10.0.0.0/-1", "a/8", ","})
  void refusesWhatIsNone(String text) {
    assertThrows(MalformedException.class, () -> IpRange.parse("range", text));
  }
}
