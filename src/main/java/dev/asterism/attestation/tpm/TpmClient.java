package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The TPM commands that attestation needs (library specification, part 3), over one conversation.
 * Hierarchies and keys have the empty password. Methods throw {@link TpmException} with the
 * response code where the TPM refuses, after it was asked again as often as it wished.
 */
public final class TpmClient implements AutoCloseable {
  /** TPML_DIGEST holds at most 8. */
  private static final int PCRS_PER_READ = 8;

  /** How often PCRs are read anew while somebody extends them. */
  private static final int READS = 5;

  private final Tpm.Conversation conversation;

  public TpmClient(Tpm.Conversation conversation) {
    this.conversation = conversation;
  }

  /** Opens a conversation with {@code tpm}; closing the client closes it. */
  public static TpmClient open(Tpm tpm) throws IOException {
    return new TpmClient(tpm.open());
  }

  /** TPM2_Startup(CLEAR), which firmware does on a machine. Nothing happens where it was done. */
  public void startup() throws IOException {
    try {
      command("TPM2_Startup", Tpm2.CC_STARTUP)
          .parameters(p -> p.u16be(Tpm2.SU_CLEAR))
          .run(conversation);
    } catch (TpmException e) {
      if (e.responseCode() != Tpm2.RC_INITIALIZE) {
        throw e;
      }
    }
  }

  /** The banks that hold all 24 PCRs, strongest last. Banks of other hashes are left out. */
  public Set<Digests> pcrBanks() throws IOException {
    return command("TPM2_GetCapability", Tpm2.CC_GET_CAPABILITY)
        .parameters(p -> p.u32be(Tpm2.CAP_PCRS).u32be(0).u32be(1))
        .ask(conversation, TpmClient::banks);
  }

  /** The values of {@code pcrs} in one bank, all read at the same state of the bank. */
  public SortedMap<Integer, Bytes> pcrRead(Digests bank, Set<Integer> pcrs) throws IOException {
    for (int attempt = 0; attempt < READS; attempt++) {
      Optional<SortedMap<Integer, Bytes>> values = readOnce(bank, new TreeSet<>(pcrs));
      if (values.isPresent()) {
        return values.get();
      }
    }
    throw new IOException("somebody extends PCRs faster than they can be read");
  }

  /** TPM2_PCR_Extend: each bank named with its digest. */
  public void pcrExtend(int pcr, Map<Digests, Bytes> digests) throws IOException {
    command("TPM2_PCR_Extend", Tpm2.CC_PCR_EXTEND)
        .authorized(pcr)
        .parameters(p -> {
          p.u32be(digests.size());
          digests.forEach((hash, digest) -> p.u16be(Tpm2.algorithm(hash)).bytes(digest));
          return p;
        })
        .run(conversation);
  }

  /** TPM2_PCR_Event: the TPM hashes {@code data} for each of its banks; returns the digests. */
  public Map<Digests, Bytes> pcrEvent(int pcr, Bytes data) throws IOException {
    return command("TPM2_PCR_Event", Tpm2.CC_PCR_EVENT)
        .authorized(pcr)
        .parameters(p -> p.sized16be(data))
        .ask(conversation, TpmClient::digestValues);
  }

  /** TPM2_PCR_Reset; a TPM refuses it for the PCRs that firmware extends. */
  public void pcrReset(int pcr) throws IOException {
    command("TPM2_PCR_Reset", Tpm2.CC_PCR_RESET).authorized(pcr).run(conversation);
  }

  /**
   * What TPM2_Quote answers.
   *
   * @param attest TPMS_ATTEST
   * @param signature TPMT_SIGNATURE
   */
  public record Quote(Bytes attest, Bytes signature) {}

  /** TPM2_Quote by the key's own scheme. */
  public Quote quote(long key, Bytes qualifyingData, Digests bank, Set<Integer> pcrs)
      throws IOException {
    return command("TPM2_Quote", Tpm2.CC_QUOTE)
        .authorized(key)
        .parameters(p -> {
          p.sized16be(qualifyingData).u16be(Tpm2.ALG_NULL);
          PcrSelection.of(bank, pcrs).writeList(p);
          return p;
        })
        .ask(
            conversation,
            in -> {
              Bytes attest = in.bytes("quoted", in.u16be("quoted.size"));
              return new Quote(attest, in.rest("signature"));
            });
  }

  /**
   * A key in the TPM.
   *
   * @param handle transient ones are flushed by {@link #flushContext}
   * @param publicArea TPMT_PUBLIC
   */
  public record Loaded(long handle, Bytes publicArea) {}

  /** The contract's attestation key, made from the owner hierarchy; transient. */
  public Loaded createPrimaryAk() throws IOException {
    return createPrimary(Tpm2.RH_OWNER, AkTemplate.RSA_2048);
  }

  /** TPM2_CreatePrimary without password or creation PCRs. */
  public Loaded createPrimary(long hierarchy, Bytes template) throws IOException {
    // inSensitive {userAuth, data}, inPublic, outsideInfo, creationPCR
    Bytes noSensitive = new ByteWriter().u16be(0).u16be(0).toBytes();
    ByteReader response =
        command("TPM2_CreatePrimary", Tpm2.CC_CREATE_PRIMARY)
            .authorized(hierarchy)
            .parameters(p -> p.sized16be(noSensitive).sized16be(template).u16be(0).u32be(0))
            .send(conversation);
    try {
      long handle = response.u32be("objectHandle");
      ByteReader parameters = TpmCommand.parametersOf(response);
      return new Loaded(handle, parameters.bytes("outPublic", parameters.u16be("outPublic.size")));
    } catch (MalformedException e) {
      throw new IOException("the TPM's answer to TPM2_CreatePrimary is malformed", e);
    }
  }

  /**
   * A key that only decrypts while PCRs have these values; closing it flushes it.
   *
   * @param pcrs of the SHA-256 bank
   */
  public PcrBoundKey pcrBoundKey(SortedMap<Integer, Bytes> pcrs) throws IOException {
    return PcrBoundKey.create(this, conversation, pcrs);
  }

  /** TPM2_ReadPublic: TPMT_PUBLIC of the object; empty where the handle is of nothing. */
  public Optional<Bytes> readPublic(long handle) throws IOException {
    return ifThere(
        command("TPM2_ReadPublic", Tpm2.CC_READ_PUBLIC).handle(handle),
        in -> in.bytes("outPublic", in.u16be("outPublic.size")));
  }

  /** TPM2_EvictControl as owner: makes {@code object} persistent, or removes it where it is. */
  public void evictControl(long object, long persistentHandle) throws IOException {
    command("TPM2_EvictControl", Tpm2.CC_EVICT_CONTROL)
        .authorized(Tpm2.RH_OWNER)
        .handle(object)
        .parameters(p -> p.u32be(persistentHandle))
        .run(conversation);
  }

  public void flushContext(long handle) throws IOException {
    command("TPM2_FlushContext", Tpm2.CC_FLUSH_CONTEXT)
        .parameters(p -> p.u32be(handle))
        .run(conversation);
  }

  /** NV indices: certificates, templates, reports. */
  public NvIndex nv(long index) {
    return new NvIndex(conversation, index);
  }

  /** All bytes of an NV index; empty where it is not defined. */
  public Optional<Bytes> nvRead(long index) throws IOException {
    return nv(index).read();
  }

  /** At most {@code length} random bytes, at least one. */
  public Bytes getRandom(int length) throws IOException {
    return command("TPM2_GetRandom", Tpm2.CC_GET_RANDOM)
        .parameters(p -> p.u16be(length))
        .ask(conversation, in -> in.bytes("randomBytes", in.u16be("randomBytes.size")));
  }

  @Override
  public void close() throws IOException {
    conversation.close();
  }

  private <T> Optional<T> ifThere(TpmCommand command, TpmCommand.ResponseParser<T> parser)
      throws IOException {
    return NvIndex.ifThere(conversation, command, parser);
  }

  private Optional<SortedMap<Integer, Bytes>> readOnce(Digests bank, SortedSet<Integer> pcrs)
      throws IOException {
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    List<Integer> order = new ArrayList<>(pcrs);
    long counter = -1;
    for (int from = 0; from < order.size(); from += PCRS_PER_READ) {
      List<Integer> some = order.subList(from, Math.min(from + PCRS_PER_READ, order.size()));
      PcrRead read = readSome(bank, new TreeSet<>(some));
      if (counter != -1 && read.updateCounter() != counter) {
        return Optional.empty();
      }
      counter = read.updateCounter();
      values.putAll(read.values());
    }
    return Optional.of(values);
  }

  private record PcrRead(long updateCounter, SortedMap<Integer, Bytes> values) {}

  private PcrRead readSome(Digests bank, SortedSet<Integer> pcrs) throws IOException {
    PcrRead read =
        command("TPM2_PCR_Read", Tpm2.CC_PCR_READ)
            .parameters(p -> {
              PcrSelection.of(bank, pcrs).writeList(p);
              return p;
            })
            .ask(conversation, TpmClient::pcrValues);
    if (!read.values().keySet().equals(pcrs)) {
      throw new IOException("the TPM has no PCRs of the bank " + Algorithms.bank(bank));
    }
    return read;
  }

  private static PcrRead pcrValues(ByteReader in) throws MalformedException {
    long counter = in.u32be("pcrUpdateCounter");
    List<PcrSelection> selections = PcrSelection.parseList(in);
    long count = in.u32be("pcrValues.count");
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    for (PcrSelection selection : selections) {
      for (int pcr : selection.pcrs()) {
        if (values.size() < count) {
          values.put(pcr, in.bytes("pcrValues", in.u16be("pcrValues.size")));
        }
      }
    }
    return new PcrRead(counter, values);
  }

  private static Set<Digests> banks(ByteReader in) throws MalformedException {
    in.u8("moreData");
    in.u32be("capability");
    TreeSet<Digests> banks = new TreeSet<>();
    for (PcrSelection selection : PcrSelection.parseList(in)) {
      if (selection.pcrs().containsAll(PcrSelection.all())) {
        Tpm2.hash(selection.hash()).ifPresent(banks::add);
      }
    }
    return banks;
  }

  private static Map<Digests, Bytes> digestValues(ByteReader in) throws MalformedException {
    Map<Digests, Bytes> digests = new EnumMap<>(Digests.class);
    long count = in.u32be("digests.count");
    for (long i = 0; i < count; i++) {
      Optional<Digests> hash = Tpm2.hash(in.u16be("digests.hashAlg"));
      if (hash.isEmpty()) {
        // A bank we do not know (SM3): its length is unknown too, so the rest stays unread.
        break;
      }
      digests.put(hash.get(), in.bytes("digests.digest", hash.get().length()));
    }
    return digests;
  }

  private static TpmCommand command(String name, int code) {
    return new TpmCommand(name, code);
  }
}
