package dev.asterism.disk.luks;

import dev.asterism.disk.luks.HeaderRules.MarkerRule;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.util.List;

/** The header of a disk, which the host may change. */
public final class LuksFuzz {
  private LuksFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
                "LuksHeader",
                LuksHeader::parse,
                () -> List.of(TestHeaders.header(TestHeaders.goodJson()).toBytes()))
            .refusing(HeaderException.class),
        FuzzTarget.of(
                "HeaderRules",
                json -> {
                  LuksHeader header = TestHeaders.header(Json.object("metadata", json));
                  HeaderRules.require(header, IntegrityRule.REQUIRED, MarkerRule.REQUIRED);
                  return header;
                },
                () -> List.of(Bytes.ofUtf8(Json.line(TestHeaders.goodJson()))))
            .refusing(HeaderException.class));
  }
}
