package dev.asterism.node.metadata;

import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What flags say and, where they are silent, a source; all of it has its form, or is an error. */
public final class StatedMetadata implements Metadata {
  private static final int JOIN_PORT = 30090;
  private static final int API_PORT = 6443;
  private static final int MOST_ENDPOINTS = 64;

  private final FlagSource flags;
  private final Source source;

  public StatedMetadata(FlagSource flags, Source source) {
    this.flags = flags;
    this.source = source;
  }

  @Override
  public Instance self() throws IOException {
    var look = new Look();
    Optional<Said> providerId = look.find(Field.PROVIDER_ID);
    return new Instance(
        look.need(Field.NAME).read(InstanceNames::node),
        providerId.isEmpty() ? "" : providerId.get().read(InstanceNames::providerId),
        look.need(Field.ROLE).read(StatedMetadata::role),
        look.need(Field.IP).read(InstanceNames::address));
  }

  @Override
  public List<String> joinEndpoints() throws IOException {
    var look = new Look();
    Optional<Said> listed = look.find(Field.JOIN_ENDPOINTS);
    if (listed.isPresent()) {
      return listed.get().read(StatedMetadata::endpoints);
    }
    Optional<Said> balancer = look.find(Field.API_SERVER);
    if (balancer.isPresent()) {
      String endpoint =
          balancer.get().read((place, text) -> InstanceNames.withPort(place, text, JOIN_PORT));
      return List.of(endpoint);
    }
    throw look.missing(
        Field.JOIN_ENDPOINTS, ", and so is " + source.place(Field.API_SERVER) + ": one is needed");
  }

  @Override
  public String apiServerEndpoint() throws IOException {
    return new Look()
        .need(Field.API_SERVER)
        .read((place, text) -> InstanceNames.withDefaultPort(place, text, API_PORT));
  }

  @Override
  public Optional<String> initSecretHash() throws IOException {
    Optional<Said> hash = new Look().find(Field.INIT_SECRET_HASH);
    return hash.isEmpty() ? Optional.empty() : Optional.of(hash.get().read(InstanceNames::bcrypt));
  }

  private static Role role(String place, String text) throws MalformedException {
    return Role.parse(text)
        .orElseThrow(() -> new MalformedException(place, "is not control-plane or worker"));
  }

  private static List<String> endpoints(String place, String text) throws MalformedException {
    var endpoints = new ArrayList<String>();
    if (text.isEmpty()) {
      return endpoints;
    }
    for (String part : text.split(",", -1)) {
      if (endpoints.size() == MOST_ENDPOINTS) {
        throw new MalformedException(place, "has more than " + MOST_ENDPOINTS + " endpoints");
      }
      endpoints.add(InstanceNames.endpoint(place + "[" + endpoints.size() + "]", part.strip()));
    }
    return endpoints.stream().distinct().toList();
  }

  @FunctionalInterface
  private interface Reader<T> {
    T read(String place, String text) throws MalformedException;
  }

  /** A word, and whose it is. */
  private record Said(Source by, Field field, String text) {
    <T> T read(Reader<T> reader) throws IOException {
      try {
        return reader.read(by.place(field), text);
      } catch (MalformedException e) {
        throw new IOException(e.getMessage() + advice(by.remedy(field)), e);
      }
    }
  }

  private static String advice(String remedy) {
    return remedy.isEmpty() ? "" : "; " + remedy;
  }

  /** The source is looked at only where flags are silent. */
  private final class Look {
    private @Nullable Words words;

    Optional<Said> find(Field field) throws IOException {
      Optional<Said> flag = said(flags, flags.look(), field);
      if (flag.isPresent()) {
        return flag;
      }
      Words seen = words;
      if (seen == null) {
        seen = source.look();
        words = seen;
      }
      return said(source, seen, field);
    }

    Said need(Field field) throws IOException {
      Optional<Said> found = find(field);
      if (found.isEmpty()) {
        throw missing(field, "");
      }
      return found.get();
    }

    IOException missing(Field field, String besides) {
      String flag = source instanceof FlagSource ? "" : ", or give " + field.option();
      return new IOException(
          source.place(field) + ": is missing" + besides + advice(source.remedy(field)) + flag);
    }

    /** No word is no word, but no endpoints are none. */
    private static Optional<Said> said(Source by, Words words, Field field) throws IOException {
      return words
          .of(field)
          .map(String::strip)
          .filter(text -> !text.isEmpty() || field == Field.JOIN_ENDPOINTS)
          .map(text -> new Said(by, field, text));
    }
  }
}
