package dev.asterism.collateral;

import static dev.asterism.testing.ForgedSnp.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.snp.KdsCatalog;
import dev.asterism.attestation.snp.SnpRoots;
import dev.asterism.collateral.CollateralStore.Entry;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareLine;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollateralStoreTest {
  private static final String CHAIN = "amd-kds/vcek/v1/Genoa/cert_chain";
  private static final String CRL = "amd-kds/vcek/v1/Genoa/crl";

  @TempDir Path folder;

  private final ForgedSnp forged = ForgedSnp.genuine();
  private final String vcek =
      "amd-kds/vcek/v1/Genoa/"
          + forged.hardwareId.hex()
          + "?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=84";
  private CacheFolder here;
  private CacheFolder there;

  @BeforeEach
  void fill() throws Exception {
    here = new CacheFolder(folder.resolve("here"));
    there = new CacheFolder(folder.resolve("there"));
    put(
        here,
        CHAIN,
        Bytes.ofUtf8(
            Pem.encode(forged.maker().intermediate()) + Pem.encode(forged.maker().root())));
    put(here, CRL, forged.crl);
    put(here, vcek, ForgedSnp.der(forged.leaf()));
  }

  private static void put(CacheFolder folder, String key, Bytes body) throws Exception {
    folder.write(new Stored(key, NOW, Endorsement.of(body)));
  }

  private CollateralStore store(CacheFolder at) throws Exception {
    return new CollateralStore(
        at,
        List.of(
            new KdsCatalog(
                SnpRoots.of("root", List.of(ForgedSnp.maker(SoftwareLine.GENOA).root())))));
  }

  private static List<String> problems(List<Entry> entries) {
    return entries.stream().map(Entry::problem).filter(p -> !p.isEmpty()).toList();
  }

  @Test
  void whatIsGenuineIsCarriedAndUsable() throws Exception {
    assertEquals(List.of(), problems(store(there).take(here, NOW)));
    List<Entry> entries = store(there).entries();

    assertEquals(3, entries.size());
    assertTrue(entries.stream().allMatch(e -> e.usable(NOW)));
    assertEquals(1, entries.stream().filter(e -> !e.usable(NOW.plus(Duration.ofDays(31)))).count());
  }

  @Test
  void whatIsForgedUnknownDamagedOrExpiredIsLeft() throws Exception {
    put(here, vcek.replace("=84", "=85"), ForgedSnp.der(forged.leaf()));
    put(here, "amd-kds/vcek/v1/Milan/crl", forged.crl);
    put(here, "amd-kds/other", forged.crl);
    Files.writeString(here.folder().resolve("x.collateral.json"), "{");

    List<Entry> taken = store(there).take(here, NOW);
    assertEquals(4, problems(taken).size(), () -> problems(taken).toString());
    assertEquals(3, store(there).entries().size());
    assertEquals(
        1,
        problems(store(there).take(here, NOW.plus(Duration.ofDays(31)))).stream()
            .filter(p -> p.contains("expired"))
            .count());
  }

  @Test
  void whatIsNewerStays() throws Exception {
    assertEquals(List.of(), problems(store(there).take(here, NOW)));
    put(there, CRL, forged.crl(NOW, NOW.plus(Duration.ofDays(9))));

    assertEquals(List.of("older than the one here"), problems(store(there).take(here, NOW)));
    assertEquals(
        List.of(NOW),
        store(there).entries().stream()
            .filter(e -> e.key().equals(CRL))
            .map(e -> e.life().issued())
            .collect(Collectors.toList()));
  }

  @Test
  void anEmptyFolderIsNoFault() throws Exception {
    assertEquals(List.of(), store(there).entries());
  }
}
