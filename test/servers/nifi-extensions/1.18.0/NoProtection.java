package infometis.nifi;

import org.apache.nifi.properties.scheme.ProtectionScheme;
import org.apache.nifi.properties.scheme.ProtectionSchemeResolver;

/** For a server whose properties are not encrypted: one with TLS does not start without a resolver of schemes. */
public class NoProtection implements ProtectionSchemeResolver {
    @Override
    public ProtectionScheme getProtectionScheme(String scheme) {
        throw new IllegalArgumentException("no properties are encrypted here, and " + scheme + " is asked for");
    }
}
