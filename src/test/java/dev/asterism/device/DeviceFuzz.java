package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;

/** The TPM in software, on both of its sides, and what a swtpm answers. */
public final class DeviceFuzz {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Validity VALIDITY =
      new Validity(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
  private static final SoftwareNitro HYPERVISOR =
      SoftwareNitro.below(VendorAuthority.root("CN=root", VALIDITY), "i-1", VALIDITY);
  private static final Bytes MAC_KEY = Bytes.zeros(32);
  private static final String PASSWORD = "00000009 40000009 0000 00 0000";

  /** Handle, authorization, sensitive area, a P-256 signing key, no outside info, no PCRs. */
  private static final String CREATE_PRIMARY =
      "8002 00000000 00000131 40000001 "
          + PASSWORD
          + " 0004 0000 0000 0018 0023 000b 00050072 0000 0010 0018 000b 0003 0010 0000 0000"
          + " 0000 00000000";

  private DeviceFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("TpmCommands", DeviceFuzz::execute, DeviceFuzz::commands)
            .refusing(IOException.class),
        FuzzTarget.of(
                "SoftwareTpmState",
                json -> SoftwareStateJson.write(SoftwareStateJson.read(json)),
                DeviceFuzz::states)
            .writing(json -> json),
        FuzzTarget.of(
            "SoftwareTdReport",
            raw -> SoftwareTdReport.read(raw, MAC_KEY),
            () ->
                List.of(
                    new SoftwareTdReport(
                            Bytes.zeros(64),
                            Bytes.zeros(48),
                            Collections.nCopies(4, Bytes.zeros(48)))
                        .make(MAC_KEY))),
        FuzzTarget.of(
                "SwtpmResponse",
                bytes ->
                    Bytes.of(SwtpmSocket.readResponse(new ByteArrayInputStream(bytes.toArray()))),
                () -> List.of(hex("8001 0000000c 00000000 0000")))
            .refusing(IOException.class)
            .writing(response -> response),
        FuzzTarget.of(
            "Imdsv2Session", Imdsv2::session, () -> List.of(Bytes.ofUtf8("AQAEAGh9-token=="))),
        FuzzTarget.ofText(
            "TpmUri", Tpms::open, "/dev/tpmrm0", "swtpm:127.0.0.1:2321", "software:/a/state"));
  }

  /** Executes commands, each behind its length, on a new TPM; every answer is a whole one. */
  private static Object execute(Bytes input) throws IOException, MalformedException {
    ByteReader in = input.reader("commands");
    Tpm tpm = SoftwareTpm.inMemory(RANDOM, HYPERVISOR);
    try (Tpm.Conversation conversation = tpm.open()) {
      for (int i = 0; in.remaining() > 0; i++) {
        if (i == 16) {
          throw new MalformedException("commands", "are too many");
        }
        Bytes command = in.bytes("command", in.u16be("command.size"));
        ByteReader answer = Bytes.of(conversation.transmit(sized(command))).reader("answer");
        answer.u16be("tag");
        if (answer.u32be("responseSize") != answer.remaining() + 6L) {
          throw new AssertionError("an answer says a wrong size");
        }
      }
    }
    return input;
  }

  /** With its true size where it says none, which changes would never hit. */
  private static byte[] sized(Bytes command) {
    byte[] bytes = command.toArray();
    if (bytes.length >= 6 && command.slice(2, 6).isAllZero()) {
      bytes[4] = (byte) (bytes.length >> 8);
      bytes[5] = (byte) bytes.length;
    }
    return bytes;
  }

  private static List<Bytes> commands() {
    return List.of(
        commands(
            "8001 00000000 0000017b 0008", "8001 00000000 0000017a 00000005 00000000 00000001"),
        commands("8001 00000000 0000017e 00000001 000b 03 ffffff"),
        commands(
            "8002 00000000 0000012a 40000001 "
                + PASSWORD
                + " 0000 000e 01810000 000b 00040004 0000 1000",
            "8002 00000000 00000137 01810000 01810000 "
                + PASSWORD
                // {"Attestation": {"nonce": h'0102'}}
                + " 0017 a16b4174746573746174696f6ea1656e6f6e6365420102 0000",
            "8002 00000000 20000001 01810000 01810000 " + PASSWORD,
            "8002 00000000 0000014e 01810000 01810000 " + PASSWORD + " 0200 0000"),
        commands(
            "8002 00000000 00000182 00000008 " + PASSWORD + " 00000001 000b " + "ab".repeat(32)),
        commands("8002 00000000 0000013c 00000008 " + PASSWORD + " 0003 010203"),
        commands(
            CREATE_PRIMARY,
            "8001 00000000 00000173 80000000",
            "8002 00000000 00000158 80000000 "
                + PASSWORD
                + " 0002 0102 0010 00000001 000b 03 010000",
            "8002 00000000 00000120 40000001 80000000 " + PASSWORD + " 81010001",
            "8001 00000000 00000165 80000000"),
        commands(
            "8002 00000000 0000012a 40000001 "
                + PASSWORD
                + " 0000 000e 01c10000 000b 02060006 0000 0008",
            "8002 00000000 00000137 40000001 01c10000 " + PASSWORD + " 0002 0102 0000",
            "8002 00000000 0000014e 40000001 01c10000 " + PASSWORD + " 0002 0000",
            "8001 00000000 00000169 01c10000",
            "8002 00000000 00000122 40000001 01c10000 " + PASSWORD));
  }

  private static Bytes commands(String... hex) {
    var all = new ByteWriter();
    for (String command : hex) {
      all.sized16be(hex(command));
    }
    return all.toBytes();
  }

  private static List<Bytes> states() throws IOException {
    var store = new MemoryStore(new SoftwareState(EnumSet.of(Digests.SHA256)));
    var tpm = new SoftwareTpm(store, RANDOM, java.time.Clock.systemUTC());
    try (Tpm.Conversation conversation = tpm.open()) {
      for (String command :
          List.of(
              CREATE_PRIMARY,
              "8002 00000000 00000120 40000001 80000000 " + PASSWORD + " 81010001",
              "8002 00000000 0000012a 40000001 "
                  + PASSWORD
                  + " 0000 000e 01c10000 000b 02060006 0000 0008")) {
        conversation.transmit(sized(hex(command)));
      }
    }
    return List.of(store.use(SoftwareStateJson::write));
  }

  private static Bytes hex(String spaced) {
    try {
      return Bytes.ofHex("command", spaced.replace(" ", ""));
    } catch (MalformedException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
