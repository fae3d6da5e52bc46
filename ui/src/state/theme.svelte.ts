import type { Theme } from '../backend/types';

/** Puts the theme on the root element: as chosen, or as the system says, now and whenever it changes its mind. */
export function followTheme(chosen: () => Theme): void {
  $effect(() => {
    const theme = chosen();
    if (theme !== 'system') {
      document.documentElement.dataset['theme'] = theme;
      return;
    }
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => (document.documentElement.dataset['theme'] = dark.matches ? 'dark' : 'light');
    follow();
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  });
}
