package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.tpm.AkTemplate;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.attestation.tpm.TpmException;
import dev.asterism.attestation.tpm.TpmsAttest;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoftwareTpmTest {
  private static final Bytes DATA = Bytes.ofUtf8("data");
  private static final Digests BANK = Digests.SHA256;

  @TempDir Path directory;
  private Path file;
  private SoftwareTpm tpm;

  @BeforeEach
  void create() throws IOException {
    file = directory.resolve("tpm.json");
    tpm = SoftwareTpm.create(file, new SecureRandom());
  }

  @Test
  void keepsItsStateToItsOwner() throws Exception {
    AttestationKey.of(tpm);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path path : files.toList()) {
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
            path.toString());
      }
    }
  }

  @Test
  void leavesNothingBesideItsStateAndItsLock() throws Exception {
    AttestationKey.of(tpm);
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(
          Set.of("tpm.json", "tpm.json.lock"),
          Set.copyOf(files.map(p -> p.getFileName().toString()).toList()));
    }
  }

  @Test
  void neverReplacesATpmThatIsThere() throws Exception {
    Bytes before = Bytes.of(Files.readAllBytes(file));
    assertThrows(
        FileAlreadyExistsException.class, () -> SoftwareTpm.create(file, new SecureRandom()));
    assertEquals(before, Bytes.of(Files.readAllBytes(file)));
  }

  @Test
  void saysWhereThereIsNoTpm() {
    var e =
        assertThrows(
            NoSuchFileException.class,
            () -> new SoftwareTpm(directory.resolve("other.json")).open());
    assertTrue(e.getMessage().contains("other.json"), e.getMessage());
    assertFalse(Files.exists(directory.resolve("other.json.lock")));
  }

  @Test
  void saysThatAFileIsNoState() throws Exception {
    for (String text : List.of("", "{}", "{\"format\":2}", "nonsense")) {
      Files.writeString(file, text);
      IOException e = assertThrows(IOException.class, () -> new SoftwareTpm(file).open());
      assertTrue(e.getMessage().contains("is not the state of a software TPM"), e.getMessage());
    }
  }

  @Test
  void aStateThatLacksAnythingIsRefused() throws Exception {
    AttestationKey.of(tpm);
    String state = Files.readString(file);
    for (String member :
        List.of(
            "resetCount",
            "clockAtStart",
            "startedAt",
            "pcrUpdateCounter",
            "pcrs",
            "primaries",
            "persistent",
            "nv",
            "publicArea",
            "privateKey",
            "hierarchy",
            "auth",
            "template")) {
      Files.writeString(file, state.replace("\"" + member + "\"", "\"x\""));
      assertThrows(IOException.class, () -> new SoftwareTpm(file).open(), member);
    }
  }

  @Test
  void severalObjectsShareOneTpm() throws Exception {
    SoftwareTpm second = new SoftwareTpm(file);
    try (TpmClient client = TpmClient.open(tpm);
        TpmClient other = TpmClient.open(second)) {
      client.pcrEvent(15, DATA);
      assertEquals(client.pcrRead(BANK, Set.of(15)), other.pcrRead(BANK, Set.of(15)));
    }
    assertEquals(AttestationKey.of(tpm).name(), AttestationKey.of(second).name());
  }

  @Test
  void losesNoExtensionWhenThreadsRace() throws Exception {
    int threads = 4;
    int each = 20;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(executor.submit(() -> extend(new SoftwareTpm(file), each)));
      }
      for (Future<?> future : running) {
        future.get();
      }
    }
    assertEquals(extended(threads * each), value(16));
  }

  @Test
  void losesNoExtensionWhenProcessesRace() throws Exception {
    int processes = 3;
    int each = 10;
    List<Process> running = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      running.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Extender.class.getName(),
                  file.toString(),
                  Integer.toString(each))
              .inheritIO()
              .start());
    }
    extend(tpm, each);
    for (Process process : running) {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    }
    assertEquals(extended((processes + 1) * each), value(16));
  }

  /** Another process that extends the same TPM. */
  static final class Extender {
    public static void main(String[] args) throws Exception {
      extend(new SoftwareTpm(Path.of(args[0])), Integer.parseInt(args[1]));
    }
  }

  @Test
  void aConversationHasTransientObjectsOfItsOwn() throws Exception {
    try (TpmClient client = TpmClient.open(tpm);
        TpmClient other = TpmClient.open(tpm)) {
      var key = client.createPrimary(Tpm2.RH_OWNER, AkTemplate.ECC_P256);

      assertEquals(Optional.of(key.publicArea()), client.readPublic(key.handle()));
      assertEquals(Optional.empty(), other.readPublic(key.handle()));
      tpm.powerCycle();
      assertEquals(Optional.empty(), client.readPublic(key.handle()));
    }
  }

  @Test
  void hasRoomForThreeTransientObjects() throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      for (int i = 0; i < 3; i++) {
        client.createPrimary(Tpm2.RH_OWNER, AkTemplate.ECC_P256);
      }
      assertCode(0x902, () -> client.createPrimary(Tpm2.RH_OWNER, AkTemplate.ECC_P256));
    }
  }

  @Test
  void forgetsTheKeysOfTheNullHierarchy() throws Exception {
    Bytes before = newKey(Tpm2.RH_NULL);
    assertEquals(before, newKey(Tpm2.RH_NULL));
    tpm.powerCycle();
    assertNotEquals(before, newKey(Tpm2.RH_NULL));
  }

  @Test
  void keepsNoKeyOfTheNullHierarchy() throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      var key = client.createPrimary(Tpm2.RH_NULL, AkTemplate.ECC_P256);
      assertCode(0x285, () -> client.evictControl(key.handle(), 0x81000001L));
    }
  }

  @Test
  void evictsOnlyToWhereTheOwnerMay() throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      var key = client.createPrimary(Tpm2.RH_OWNER, AkTemplate.ECC_P256);
      for (long handle : new long[] {0x80000000L, 0x81800000L, 0x01000000L}) {
        assertCode(0x1cd, () -> client.evictControl(key.handle(), handle));
      }
      client.evictControl(key.handle(), 0x81000001L);
      assertCode(0x28b, () -> client.evictControl(0x81000001L, 0x81000002L));
    }
  }

  @Test
  void firmwareHasSwitchedThePlatformHierarchyOff() throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      assertCode(0x185, () -> client.createPrimary(Tpm2.RH_PLATFORM, AkTemplate.ECC_P256));
    }
  }

  @Test
  void allocatesTheBanksThatItIsAskedFor() throws Exception {
    assertEquals(Set.of(BANK), banks(tpm));
    var several =
        SoftwareTpm.create(
            directory.resolve("several"), new SecureRandom(), Set.of(Digests.SHA1, Digests.SHA384));
    assertEquals(Set.of(Digests.SHA1, Digests.SHA384), banks(several));
    try (TpmClient client = TpmClient.open(several)) {
      assertEquals(Set.of(Digests.SHA1, Digests.SHA384), client.pcrEvent(4, DATA).keySet());
      assertThrows(IOException.class, () -> client.pcrRead(BANK, Set.of(4)));
      // Digests of a bank that is not there are no error, as on a real TPM.
      client.pcrExtend(4, Map.of(BANK, BANK.of(DATA)));
    }
  }

  @Test
  void itsClockRunsWhileItIsPowered() throws Exception {
    var clock = new java.util.concurrent.atomic.AtomicReference<>(Instant.ofEpochSecond(1000));
    var ticking =
        new SoftwareTpm(new MemoryStore(started(1_000_000)), new SecureRandom(), clock::get);
    assertEquals(0, clockOf(ticking));
    clock.set(Instant.ofEpochSecond(1005));
    assertEquals(5000, clockOf(ticking));
    clock.set(Instant.ofEpochSecond(900));
    assertEquals(0, clockOf(ticking), "a machine's clock that runs back");
    clock.set(Instant.ofEpochSecond(1007));
    ticking.powerCycle();
    clock.set(Instant.ofEpochSecond(1010));
    assertEquals(10000, clockOf(ticking));
  }

  @Test
  void nvIndicesKnowTheirLimits() throws Exception {
    long index = 0x01800001L;
    try (TpmClient client = TpmClient.open(tpm)) {
      assertCode(0x2d5, () -> client.nv(index).store(Bytes.zeros(8193)));
      assertCode(0x2c4, () -> client.nv(0x81000000L).store(DATA), true);
      client.nv(index).store(Bytes.zeros(4096));
      assertEquals(Optional.of(Bytes.zeros(4096)), client.nvRead(index));
      for (int i = 1; i < 16; i++) {
        client.nv(index + i).store(Bytes.zeros(4096));
      }
      assertCode(0x14b, () -> client.nv(index + 16).store(DATA));
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void assertCode(long code, Action action) {
    assertCode(code, action, false);
  }

  private static void assertCode(long code, Action action, boolean any) {
    TpmException e = assertThrows(TpmException.class, action::run);
    if (!any) {
      assertEquals(Long.toHexString(code), Long.toHexString(e.responseCode()));
    }
  }

  private static void extend(SoftwareTpm tpm, int times) {
    try (TpmClient client = TpmClient.open(tpm)) {
      for (int i = 0; i < times; i++) {
        client.pcrEvent(16, DATA);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Bytes extended(int times) {
    Bytes value = Bytes.zeros(32);
    for (int i = 0; i < times; i++) {
      value = BANK.of(value, BANK.of(DATA));
    }
    return value;
  }

  private Bytes value(int pcr) throws IOException {
    try (TpmClient client = TpmClient.open(tpm)) {
      return client.pcrRead(BANK, Set.of(pcr)).get(pcr);
    }
  }

  private Bytes newKey(long hierarchy) throws IOException {
    try (TpmClient client = TpmClient.open(tpm)) {
      return client.createPrimary(hierarchy, AkTemplate.ECC_P256).publicArea();
    }
  }

  private static Set<Digests> banks(SoftwareTpm tpm) throws IOException {
    try (TpmClient client = TpmClient.open(tpm)) {
      return client.pcrBanks();
    }
  }

  private static SoftwareState started(long millis) {
    var state = new SoftwareState(Set.of(BANK));
    state.startedAt = millis;
    return state;
  }

  private static long clockOf(SoftwareTpm tpm) throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      var key = client.createPrimary(Tpm2.RH_OWNER, AkTemplate.ECC_P256);
      var quote = client.quote(key.handle(), DATA, BANK, Set.of(0));
      return TpmsAttest.parse(quote.attest()).clockInfo().clock();
    }
  }
}
